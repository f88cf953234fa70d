// OpenAI's own client, pointed at the node's chat gateway by its base URL alone, talks with rules that stand in for a model.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { freePort, program, startNode } from './node.js';

const rules = ['WHEN price CALL price {"size": "large"}', 'WHEN "ten euros" SAY It is ten euros.',
  'WHEN "good morning" SAY Good day, you said {{said}}', 'WHEN busy DO 429'];

let folder, model, node, client;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringwright-openai-'));
  await writeFile(join(folder, 'rules.txt'), `${rules.join('\n')}\n`);
  const url = `http://127.0.0.1:${await freePort()}`;
  model = spawn('dotnet', [program, 'lab', 'model', join(folder, 'rules.txt'), '--listen', url.slice('http://'.length)], { stdio: 'ignore' });
  const deadline = Date.now() + 60_000;
  while (!(await fetch(`${url}/v1/models`).then((answer) => answer.ok, () => false))) {
    if (model.exitCode !== null || Date.now() > deadline) throw new Error('the rules did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  node = await startNode('--llm-url', `${url}/v1`);
  client = new OpenAI({ apiKey: node.key, baseURL: `${node.api}/ai/openai` });
});

after(async () => {
  await node?.stop();
  if (model?.exitCode === null) {
    const exited = new Promise((resolve) => model.once('exit', resolve));
    model.kill('SIGTERM');
    await exited;
  }
  if (folder) await rm(folder, { recursive: true, force: true });
});

const ask = (content, more = {}) => client.chat.completions.create({
  model: 'rules', messages: [{ role: 'developer', content: 'Be brief.' }, { role: 'user', content }], ...more,
});

test('an answer comes whole, and word by word with what it took', async () => {
  const whole = await ask('Good morning!');
  assert.equal(whole.choices[0].message.content, 'Good day, you said Good morning!');
  assert.match(whole.system_fingerprint, /^ringwright-lab-rules-/);

  const pieces = [];
  let usage;
  for await (const chunk of await ask('Good morning!', { stream: true, stream_options: { include_usage: true } })) {
    const piece = chunk.choices[0]?.delta.content;
    if (piece) pieces.push(piece);
    usage = chunk.usage ?? usage;
  }
  assert.deepEqual(pieces, ['Good', ' day,', ' you', ' said', ' Good', ' morning!']);
  assert.equal(usage.completion_tokens, 6);
});

test('a tool is called, and its result is answered', async () => {
  const tools = [{ type: 'function', function: { name: 'price', description: 'Prices', parameters: { type: 'object', properties: { size: { type: 'string' } } } } }];
  const messages = [{ role: 'user', content: 'What is the price?' }];
  const { message } = (await client.chat.completions.create({ model: 'rules', messages, tools, tool_choice: 'auto' })).choices[0];
  const [call] = message.tool_calls;
  assert.deepEqual([call.function.name, JSON.parse(call.function.arguments)], ['price', { size: 'large' }]);
  messages.push(message, { role: 'tool', tool_call_id: call.id, content: 'ten euros' });
  const told = await client.chat.completions.create({ model: 'rules', messages, tools });
  assert.equal(told.choices[0].message.content, 'It is ten euros.');
});

test('models are listed, and shown one by one', async () => {
  const ids = [];
  for await (const one of client.models.list()) ids.push(one.id);
  assert.deepEqual(ids, ['rules']);
  assert.equal((await client.models.retrieve('rules')).id, 'rules');
  await assert.rejects(client.models.retrieve('gone'), OpenAI.NotFoundError);
});

test('the client raises its own errors, with what is wrong in them', async () => {
  const stranger = new OpenAI({ apiKey: 'KEYwrong', baseURL: `${node.api}/ai/openai`, maxRetries: 0 });
  await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  await assert.rejects(ask('Good morning!', { guided_regex: 'a+' }), (error) =>
    error instanceof OpenAI.UnprocessableEntityError && /guided_regex is refused/.test(error.message) && error.param === 'guided_regex');
  const once = new OpenAI({ apiKey: node.key, baseURL: `${node.api}/ai/openai`, maxRetries: 0 });
  await assert.rejects(once.chat.completions.create({ model: 'rules', messages: [{ role: 'user', content: 'busy' }] }), (error) =>
    error instanceof OpenAI.RateLimitError && /The rules want it so/.test(error.message));
});
