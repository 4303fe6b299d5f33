// The `openai` package as people use it. REAL_URL: llf with llama-server and the built-in model;
// FAKE_URL: llf with a scripted engine that has the models `long`,
// `dies`, `rescued` and `calls`.
import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI from 'openai';

const client = (url) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
const real = client(process.env.REAL_URL);
const fake = client(process.env.FAKE_URL);
const question = {
  model: 'llf-nano',
  temperature: 0,
  messages: [{ role: 'user', content: 'What is llf?' }],
};

async function textOf(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  return text;
}

test('a whole answer', async () => {
  const answer = await real.chat.completions.create(question);
  assert.equal(answer.object, 'chat.completion');
  assert.match(answer.choices[0].message.content, /Local LLM Framework/);
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.equal(answer.model, 'llf-nano');
  assert.ok(answer.usage.completion_tokens > 5);
});

test('a streamed answer is the same text in many parts, with usage when asked for', async () => {
  const whole = await real.chat.completions.create(question);
  const stream = await real.chat.completions.create({
    ...question,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.ok(chunks.length > 10);
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  assert.ok(chunks.every((chunk) => chunk.object === 'chat.completion.chunk'));
  assert.ok(chunks.every((chunk) => Number.isInteger(chunk.created)));
  const text = chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join('');
  assert.equal(text, whole.choices[0].message.content);
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.ok(chunks.at(-1).usage.total_tokens > 5);
});

test('several answers are counted together, streamed or not', async () => {
  const asked = { ...question, n: 2, max_tokens: 3 };
  const whole = await real.chat.completions.create(asked);
  assert.equal(whole.choices.length, 2);
  assert.equal(whole.usage.completion_tokens, 6);
  assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + 6);
  const chunks = [];
  const stream = await real.chat.completions.create({
    ...asked,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) chunks.push(chunk);
  const { usage } = chunks.pop();
  assert.equal(usage.completion_tokens, 6);
  assert.equal(usage.total_tokens, whole.usage.total_tokens);
  assert.ok(chunks.every((chunk) => chunk.usage === null && chunk.choices.length === 1));
  const prompts = await real.completions.create({
    model: 'llf-nano', prompt: ['a b', 'c d e f g'], max_tokens: 3, temperature: 0,
  });
  assert.equal(prompts.usage.completion_tokens, 6);
});

test('a mistake of the client is no failure of the server', async () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
  const wrong = [
    [{ messages: [{ role: 'user', content: [image] }] }, 'messages'],
    [{ messages: [{ content: 'hi' }] }, 'messages'],
    [{ tools: [{ type: 'function' }] }, 'tools'],
    [{ n: 3 }, 'n'],
  ];
  for (const [fields, param] of wrong) {
    await assert.rejects(real.chat.completions.create({ ...question, ...fields }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError, String(error));
      assert.equal(error.param, param);
      return true;
    });
  }
});

test('log probabilities have no others unless they are asked for', async () => {
  const answer = await real.chat.completions.create({ ...question, logprobs: true, max_tokens: 2 });
  for (const place of answer.choices[0].logprobs.content) {
    assert.deepEqual(place.top_logprobs, []);
  }
});

test('the stream helper', async () => {
  const answer = await real.chat.completions.stream(question).finalChatCompletion();
  assert.match(answer.choices[0].message.content, /Local LLM Framework/);
});

test('a conversation with a system message', async () => {
  const answer = await real.chat.completions.create({
    ...question,
    messages: [{ role: 'system', content: 'You answer questions about llf.' },
      ...question.messages],
  });
  assert.ok(answer.choices[0].message.content.length > 0);
});

test('the list of models', async () => {
  const ids = [];
  for await (const model of real.models.list()) ids.push(model.id);
  assert.ok(ids.includes('llf-nano'));
  assert.equal((await real.models.retrieve('llf-nano')).id, 'llf-nano');
});

test('errors arrive as their classes', async () => {
  const unknown = real.chat.completions.create({ ...question, model: 'llf-nono' });
  await assert.rejects(unknown, (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.status, 404);
    assert.equal(error.code, 'model_not_found');
    assert.equal(error.param, 'model');
    assert.match(error.message, /llf-nano/);
    return true;
  });
  await assert.rejects(real.models.retrieve('none'), OpenAI.NotFoundError);
  await assert.rejects(real.chat.completions.create({ ...question, messages: [] }),
    OpenAI.BadRequestError);
});

test('a stream can be aborted', async () => {
  const stream = await fake.chat.completions.create({ ...question, model: 'long', stream: true });
  let count = 0;
  for await (const chunk of stream) {
    assert.ok(chunk.choices);
    count += 1;
    if (count === 3) stream.controller.abort();
  }
  assert.equal(count, 3);
});

test('a request can be aborted before its answer', async () => {
  const abort = new AbortController();
  const asked = fake.chat.completions.create({ ...question, model: 'long' },
    { signal: abort.signal });
  setTimeout(() => abort.abort(), 100);
  await assert.rejects(asked, OpenAI.APIUserAbortError);
});

test('a stream that breaks is an error, not a short answer', async () => {
  const stream = await fake.chat.completions.create({ ...question, model: 'dies', stream: true });
  await assert.rejects(textOf(stream), OpenAI.APIError);
});

test('ten streams at once', async () => {
  const texts = await Promise.all(Array.from({ length: 10 }, async () => textOf(
    await real.chat.completions.create({ ...question, stream: true }))));
  assert.equal(new Set(texts).size, 1);
  assert.match(texts[0], /Local LLM Framework/);
});

test('a stream whose engine dies once goes on', async () => {
  const undisturbed = await fake.chat.completions.create({ ...question, model: 'calls' });
  const stream = await fake.chat.completions.create(
    { ...question, model: 'rescued', stream: true });
  assert.equal(await textOf(stream), undisturbed.choices[0].message.content);
});

const tools = [{
  type: 'function',
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}];

test('a tool is called, streamed or not', async () => {
  const whole = await fake.chat.completions.create({ ...question, model: 'calls', tools });
  assert.equal(whole.choices[0].finish_reason, 'tool_calls');
  const call = whole.choices[0].message.tool_calls[0];
  assert.equal(call.function.name, 'weather');
  assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Bern in winter' });
  const streamed = await fake.chat.completions.stream({ ...question, model: 'calls', tools })
    .finalChatCompletion();
  assert.deepEqual(streamed.choices[0].message.tool_calls[0].function.arguments,
    call.function.arguments);
});

test('an answer keeps to a schema', async () => {
  const answer = await real.chat.completions.create({
    ...question,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'verdict',
        strict: true,
        schema: {
          type: 'object',
          properties: { verdict: { enum: ['yes', 'no'] } },
          required: ['verdict'],
          additionalProperties: false,
        },
      },
    },
  });
  assert.ok(['yes', 'no'].includes(JSON.parse(answer.choices[0].message.content).verdict));
});

test('embeddings', async () => {
  const model = 'llf-nano';
  const answer = await real.embeddings.create({ model, input: ['start the server', 'hello'] });
  assert.equal(answer.data.length, 2);
  assert.ok(answer.data[0].embedding.length > 50);
  assert.ok(answer.data[0].embedding.some((value) => value !== 0));
  const floats = await real.embeddings.create({ model, input: 'hello', encoding_format: 'float' });
  floats.data[0].embedding.forEach((value, i) => {
    assert.ok(Math.abs(value - answer.data[1].embedding[i]) < 1e-4);
  });
});

test('a completion, streamed or not', async () => {
  const asked = { model: 'llf-nano', prompt: 'llf is', max_tokens: 5, temperature: 0 };
  const whole = await real.completions.create(asked);
  let text = '';
  for await (const chunk of await real.completions.create({ ...asked, stream: true })) {
    text += chunk.choices[0]?.text ?? '';
  }
  assert.equal(text, whole.choices[0].text);
});

test('a wrong value and a prompt that is too long are told', async () => {
  await assert.rejects(real.chat.completions.create({ ...question, temperature: 99 }),
    (error) => error instanceof OpenAI.BadRequestError && error.param === 'temperature');
  await assert.rejects(
    real.completions.create({ model: 'llf-nano', prompt: 'many words '.repeat(5000) }),
    (error) => error.status === 400 && error.code === 'context_length_exceeded');
});
