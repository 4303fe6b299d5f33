// What llf answers, against schemas made of the types of the `openai` package: each body and each
// event. REAL_URL and FAKE_URL as in openai.test.mjs.
import assert from 'node:assert/strict';
import test from 'node:test';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const schema = createGenerator({
  path: 'openai_types.ts',
  type: '*',
  skipTypeCheck: true,
  additionalProperties: true,
}).createSchema('*');
const ajv = new Ajv({ strict: false, allErrors: true }).addSchema(schema, 'openai');

function check(type, value) {
  const validate = ajv.getSchema(`openai#/definitions/${type}`);
  assert.ok(validate(value), `${ajv.errorsText(validate.errors)}: ${JSON.stringify(value)}`);
}

async function answer(url, path, body) {
  const response = await fetch(`${url}/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function whole(url, path, body) {
  const { status, text } = await answer(url, path, body);
  assert.equal(status, 200, text);
  return JSON.parse(text);
}

async function events(url, path, body) {
  const { status, text } = await answer(url, path, { ...body, stream: true });
  assert.equal(status, 200, text);
  const data = text.split('\n').filter((line) => line.startsWith('data: '))
    .map((line) => line.slice('data: '.length));
  assert.equal(data.pop(), '[DONE]');
  return data.map((event) => JSON.parse(event));
}

const { REAL_URL, FAKE_URL } = process.env;
const question = {
  model: 'llf-nano',
  temperature: 0,
  messages: [{ role: 'user', content: 'What is llf?' }],
};
const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
const form = { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } };

const chats = [
  ['plain', REAL_URL, {}],
  ['with log probabilities', REAL_URL, { logprobs: true, top_logprobs: 2, max_tokens: 5 }],
  ['with several choices', REAL_URL, { n: 2, max_tokens: 5 }],
  ['with usage', REAL_URL, { stream_options: { include_usage: true } }],
  ['cut by its length', REAL_URL, { max_tokens: 1 }],
  ['in a form', REAL_URL, { response_format: form, max_tokens: 20 }],
  ['with a tool call', FAKE_URL, { model: 'calls', tools }],
];

for (const [name, url, fields] of chats) {
  test(`a chat ${name}`, async () => {
    const asked = { ...question, ...fields };
    const { stream_options: _, ...once } = asked;
    check('WholeChat', await whole(url, 'chat/completions', once));
    const seen = await events(url, 'chat/completions', asked);
    assert.ok(seen.length > 1);
    seen.forEach((event) => check('ChatEvent', event));
  });
}

for (const logprobs of [null, 2]) {
  test(`a completion with logprobs ${logprobs}`, async () => {
    const asked = { model: 'llf-nano', prompt: 'llf is', max_tokens: 5, temperature: 0, logprobs };
    const once = await whole(REAL_URL, 'completions', asked);
    check('WholeCompletion', once);
    const seen = await events(REAL_URL, 'completions', asked);
    seen.forEach((event) => check('CompletionEvent', event));
    const { text, logprobs: told } = once.choices[0];
    assert.equal(seen.map((event) => event.choices[0].text).join(''), text);
    if (!logprobs) {
      assert.equal(told, null);
      return;
    }
    assert.equal(told.tokens.join(''), text);
    assert.equal(told.tokens.length, 5);
    told.tokens.forEach((token, i) => {
      assert.equal(text.slice(told.text_offset[i]).startsWith(token), true);
      assert.equal(Object.keys(told.top_logprobs[i]).length, logprobs);
      assert.ok(told.token_logprobs[i] <= 0);
    });
    const offsets = seen.flatMap((event) => event.choices[0].logprobs?.text_offset ?? []);
    assert.deepEqual(offsets, told.text_offset);
  });
}

test('embeddings', async () => {
  const asked = { model: 'llf-nano', input: ['a', 'b'], encoding_format: 'float' };
  check('Vectors', await whole(REAL_URL, 'embeddings', asked));
});

test('models', async () => {
  const { object, data } = await whole(REAL_URL, 'models');
  assert.equal(object, 'list');
  assert.ok(data.length > 0);
  data.forEach((model) => check('ModelEntry', model));
  check('ModelEntry', await whole(REAL_URL, 'models/llf-nano'));
});

test('errors', async () => {
  const wrong = [
    [404, 'chat/completions', { ...question, model: 'llf-nono' }],
    [400, 'chat/completions', { ...question, temperature: 99 }],
    [400, 'chat/completions', { ...question, messages: [] }],
    [400, 'completions', { model: 'llf-nano', prompt: 'many words '.repeat(5000) }],
    [400, 'embeddings', { model: 'llf-nano' }],
    [404, 'models/none'],
    [404, 'nothing'],
  ];
  for (const [expected, path, body] of wrong) {
    const { status, text } = await answer(REAL_URL, path, body);
    assert.equal(status, expected, text);
    check('Problem', JSON.parse(text));
  }
});
