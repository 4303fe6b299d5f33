// `@langchain/openai`, as people use it. REAL_URL and FAKE_URL: as in openai.test.mjs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { tool } from '@langchain/core/tools';
import { z } from 'zod';

const chat = (url, model) => new ChatOpenAI({
  model, temperature: 0, apiKey: 'any', maxRetries: 0, configuration: { baseURL: `${url}/v1` },
});
const real = chat(process.env.REAL_URL, 'llf-nano');
const fake = (model) => chat(process.env.FAKE_URL, model);

test('a whole answer', async () => {
  const answer = await real.invoke('What is llf?');
  assert.match(answer.text, /Local LLM Framework/);
  assert.ok(answer.usage_metadata.output_tokens > 5);
});

test('a streamed answer is the same text', async () => {
  let text = '';
  for await (const chunk of await real.stream('What is llf?')) text += chunk.text;
  assert.equal(text, (await real.invoke('What is llf?')).text);
});

test('a tool is called', async () => {
  const weather = tool(() => 'snow', {
    name: 'weather', description: 'the weather of a city', schema: z.object({ city: z.string() }),
  });
  const answer = await fake('calls').bindTools([weather]).invoke('How is it?');
  assert.deepEqual(answer.tool_calls.map(({ name, args }) => [name, args]),
    [['weather', { city: 'Bern in winter' }]]);
});

test('an object of a schema', async () => {
  const bound = real.withStructuredOutput(z.object({ verdict: z.enum(['yes', 'no']) }),
    { method: 'jsonSchema' });
  assert.ok(['yes', 'no'].includes((await bound.invoke('Is llf local?')).verdict));
});

test('embeddings', async () => {
  const embeddings = new OpenAIEmbeddings({
    model: 'llf-nano', apiKey: 'any', configuration: { baseURL: `${process.env.REAL_URL}/v1` },
  });
  const [first, second] = await embeddings.embedDocuments(['one', 'two']);
  assert.equal(first.length, second.length);
});

test('an unknown model is an error that says so', async () => {
  await assert.rejects(chat(process.env.REAL_URL, 'llf-nono').invoke('hi'),
    (error) => error.status === 404 && /llf-nano/.test(error.message));
});

test('a stream can be aborted', async () => {
  const abort = new AbortController();
  const stream = await fake('long').stream('hi', { signal: abort.signal });
  let count = 0;
  await assert.rejects(async () => {
    for await (const chunk of stream) {
      assert.ok(chunk);
      if (++count === 3) abort.abort();
    }
  });
});

test('a stream that breaks is an error', async () => {
  await assert.rejects(async () => {
    for await (const chunk of await fake('dies').stream('hi')) assert.ok(chunk);
  });
});
