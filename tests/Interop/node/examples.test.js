// The examples that people begin with (examples/node), each started by its one line as a program of its own, with the lab's people and a softphone on the line.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import WebSocket, { WebSocketServer } from 'ws';
import { deep } from './depth.js';
import { freePort, program, startNode } from './node.js';
import { missing, startSoftphone } from './softphone.js';
import { until } from './twilio.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile), ends = [];
let node, folder;

before(async () => {
  node = await startNode();
  // With this suite's packages in the place of those that `npm install` would fetch.
  folder = await mkdtemp(join(tmpdir(), 'ringwright-examples-'));
  await cp(here('../../../examples/node'), folder, { recursive: true, filter: (path) => !path.endsWith('node_modules') });
  await symlink(here('node_modules'), join(folder, 'node_modules'));
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

after(async () => {
  await node?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** `says` waits for a line of it; `over` is its exit code. */
async function start(name, settings = {}) {
  const port = await freePort();
  const child = spawn('node', [`${name}.js`], {
    cwd: folder, env: { ...process.env, TELNYX_API_KEY: node.key, TELNYX_BASE_URL: node.api, PORT: `${port}`, ...settings }, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '', errors = '', isOver = false;
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  // With all that it said.
  const over = new Promise((resolve) => child.once('close', (code) => { isOver = true; resolve(code); }));
  ends.push(async () => { child.kill(); await over; });
  const lines = () => output.split('\n').slice(0, -1);
  const says = async (line) => {
    const isSo = () => {
      if (lines().some((one) => (typeof line === 'string' ? one === line : line.test(one)))) return true;
      if (isOver) throw new Error(`${name} ended`);
      return false;
    };
    await until(`${name} says '${line}'`, isSo).catch((late) => { throw new Error(`${late.message}; it said\n${output}${errors}`); });
  };
  await says(new RegExp(`^${name} listens on ${port} and has `));
  const number = /and has (\S+)$/m.exec(output)[1];
  return { number, address: `http://127.0.0.1:${port}/`, says, lines, over, errors: () => errors };
}

const dial = (from, to) => run('dotnet', [program, 'lab', 'dial', '--from', from, '--to', to, '--data', node.data]);

test('its packages are those of this suite, in the same versions', async () => {
  const wanted = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).dependencies;
  const { dependencies } = JSON.parse(await readFile(here('package.json'), 'utf8'));
  for (const [name, version] of Object.entries(wanted)) assert.equal(version, dependencies[name], name);
});

test('signed webhooks: a caller is greeted, and what nobody signed is refused', async () => {
  const example = await start('signed-webhooks');
  const forged = await fetch(example.address, { method: 'POST', body: JSON.stringify({ data: { event_type: 'call.initiated', payload: { direction: 'incoming' } } }) });
  assert.equal(forged.status, 403);
  // It may come behind the answer: that is another pipe.
  await until('it says that it refused it', () => /^refused a webhook: /.test(example.errors()));
  await dial('+15550001234', example.number);
  await example.says(/^call\.hangup \+15550001234 /);
  assert.deepEqual(example.lines().slice(1).map((line) => line.split(' ')[0]), ['call.initiated', 'call.answered', 'call.speak.started', 'call.speak.ended', 'call.hangup']);
  assert.doesNotMatch(example.errors(), /^call\./m);
});

test('a second start takes over its application and its number', async () => {
  const example = await start('signed-webhooks');
  const list = await (await fetch(`${node.api}/call_control_applications?page[size]=250`, { headers: { authorization: `Bearer ${node.key}` } })).json();
  assert.equal(list.data.filter((one) => one.application_name === 'signed-webhooks').length, 1);
  await dial('+15550001235', example.number);
  await example.says(/^call\.answered \+15550001235 /);
});

test('a number that the account does not have is named', async () => {
  await assert.rejects(start('ivr', { NUMBER: '+15550199999' }), /the account has no number \+15550199999/);
});

deep('the gate starts the others; versions.test.js gathers a key', 'a voice menu: one hears the hours and is asked again, one is connected', async () => {
  const example = await start('ivr');
  await Promise.all([dial('+15550071000', example.number), dial('+15550072000', example.number)]);
  await Promise.all([example.says('+15550071000 chose 1'), example.says('+15550072000 chose 2')]);
  await example.says('+15550072000 talks to ' + example.number);
  await example.says(`${example.number} talks to +15550000001`);
  assert.equal(example.errors(), '');
});

test('an echo bot: a softphone hears itself, and nobody else opens the stream', { skip: missing }, async () => {
  const example = await start('echo-bot'), phone = await startSoftphone(440);
  ends.push(() => phone.stop());
  const stranger = new WebSocket(example.address.replace('http', 'ws'));
  assert.match(await new Promise((resolve) => stranger.once('error', (error) => resolve(error.message)).once('open', () => resolve('it is open'))), /401/);
  phone.calls(`sip:${example.number}@${node.sip}`);
  await phone.hears([440]);
  await example.says('hears PCMU at 8000 Hz');
  await example.says('second 1 was heard');
  phone.hangsUp();
  await Promise.all([example.says(/^call\.hangup /), example.says(/^streaming\.stopped/)]);
  assert.deepEqual(example.lines().map((line) => line.split(' ')[0]).filter((word) => word.startsWith('streaming.')), ['streaming.started', 'streaming.stopped']);
  assert.equal(example.errors(), '');
});

test('a model has the call: it hears the softphone, is heard, and its end ends the call', { skip: missing }, async () => {
  const port = await freePort(), model = new WebSocketServer({ host: '127.0.0.1', port });
  ends.push(() => new Promise((resolve) => model.close(resolve)));
  // It says what it hears.
  const begun = new Promise((resolve) => model.on('connection', (socket, request) => socket.on('message', (text) => {
    const { type, session, audio } = JSON.parse(text);
    if (type === 'session.update') resolve({ socket, session, key: request.headers.authorization });
    if (type === 'input_audio_buffer.append') socket.send(JSON.stringify({ type: 'response.output_audio.delta', delta: audio }));
  })));
  const example = await start('ai-voice', { MODEL_URL: `ws://127.0.0.1:${port}`, MODEL_KEY: 'secret', INSTRUCTIONS: 'Be brief.' });
  const phone = await startSoftphone(440);
  ends.push(() => phone.stop());
  phone.calls(`sip:${example.number}@${node.sip}`);
  const { socket, session, key } = await begun;
  assert.deepEqual([key, session.instructions, session.audio.output.format.type], ['Bearer secret', 'Be brief.', 'audio/pcmu']);
  await phone.hears([440]);
  socket.close();
  await example.says(/ is over: normal_clearing$/);
  assert.equal(example.errors(), '');
});

deep('the gate starts the others; campaigns call to their end in Edge', 'a reminder: what comes of each is what the person behind the number does', async () => {
  const example = await start('reminder', { PAUSE_SECONDS: '0' });
  assert.equal(await example.over, 0, example.errors());
  assert.deepEqual(example.lines().slice(1), ['Anna: confirmed', 'Boris: cancelled', 'Clara: message left', 'Dora: user_busy']);
  assert.equal(example.errors(), '');
});
