// The `ai` package with `@ai-sdk/openai-compatible`, as people use them. REAL_URL and FAKE_URL: as
// in openai.test.mjs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, generateText, Output, streamText, tool } from 'ai';
import { z } from 'zod';

const provider = (url) => createOpenAICompatible({
  name: 'llf', baseURL: `${url}/v1`, includeUsage: true, supportsStructuredOutputs: true,
});
const real = provider(process.env.REAL_URL);
const fake = provider(process.env.FAKE_URL);
const asked = { prompt: 'What is llf?', temperature: 0, maxRetries: 0 };

test('a whole answer', async () => {
  const answer = await generateText({ ...asked, model: real('llf-nano') });
  assert.match(answer.text, /Local LLM Framework/);
  assert.equal(answer.finishReason, 'stop');
  assert.ok(answer.usage.outputTokens > 5);
});

test('a streamed answer is the same text, with usage', async () => {
  const whole = await generateText({ ...asked, model: real('llf-nano') });
  const stream = streamText({ ...asked, model: real('llf-nano') });
  let text = '';
  for await (const part of stream.textStream) text += part;
  assert.equal(text, whole.text);
  assert.equal((await stream.usage).outputTokens, whole.usage.outputTokens);
});

const weather = tool({
  description: 'the weather of a city',
  inputSchema: z.object({ city: z.string() }),
});

test('a tool is called, streamed or not', async () => {
  const question = { ...asked, model: fake('calls'), tools: { weather } };
  const whole = await generateText(question);
  assert.deepEqual(whole.toolCalls.map(({ toolName, input }) => [toolName, input]),
    [['weather', { city: 'Bern in winter' }]]);
  const calls = await streamText(question).toolCalls;
  assert.deepEqual(calls[0].input, { city: 'Bern in winter' });
});

test('an object of a schema', async () => {
  const answer = await generateText({
    ...asked,
    model: real('llf-nano'),
    output: Output.object({ schema: z.object({ verdict: z.enum(['yes', 'no']) }) }),
  });
  assert.ok(['yes', 'no'].includes(answer.output.verdict));
});

test('an embedding', async () => {
  const { embedding } = await embed({ model: real.embeddingModel('llf-nano'), value: 'hello' });
  assert.ok(embedding.length > 50);
});

test('an unknown model is an error that says so', async () => {
  await assert.rejects(generateText({ ...asked, model: real('llf-nono') }),
    (error) => error.statusCode === 404 && /llf-nano/.test(error.message));
});

test('a stream can be aborted', async () => {
  const abort = new AbortController();
  const stream = streamText({ ...asked, model: fake('long'), abortSignal: abort.signal });
  let count = 0;
  for await (const part of stream.fullStream) {
    if (part.type === 'text-delta' && ++count === 3) abort.abort();
  }
  assert.ok(count >= 3);
});

test('a stream that breaks is an error', async () => {
  const errors = [];
  const stream = streamText({ ...asked, model: fake('dies'), onError: (e) => errors.push(e) });
  try {
    for await (const part of stream.fullStream) if (part.type === 'error') errors.push(part.error);
  } catch (error) {
    errors.push(error);
  }
  assert.ok(errors.length > 0);
});
