// A line that was written for the vendor, with nothing of it changed: softphones that are not ours call it, and who hears whom is measured by frequency.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Twilio from 'twilio';
import { deep } from './depth.js';
import { freePort, startNode } from './node.js';
import { millisOf, missing, onDisk, samplesOf, startSoftphone } from './softphone.js';
import { tone } from './tone.js';
import { clientOf, operate, until } from './twilio.js';

const callerTone = 440, agentTone = 700, menuTone = 1000, waitTone = 1500;
let node, origin, music, account, token, child, output = '', line, agents;
const ends = [];

before(async () => {
  if (missing) return;
  node = await startNode();
  origin = node.api.slice(0, -'/v2'.length);
  ({ account_sid: account, auth_token: token } = await operate(node, 'tenant', 'token', 'default'));
  music = createServer((request, response) => response.setHeader('content-type', 'audio/wav').end(tone(request.url === '/menu.wav' ? menuTone : waitTone, 30_000)));
  await new Promise((resolve) => music.listen(0, '127.0.0.1', resolve));
  const port = await freePort(), client = clientOf(Twilio, origin, account, token);
  child = spawn('node', [fileURLToPath(new URL('applications/twilio-ivr.js', import.meta.url))], {
    env: { ...process.env, TWILIO_AUTH_TOKEN: token, MUSIC: `http://127.0.0.1:${music.address().port}`, PORT: `${port}` }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (text) => (output += text));
  await says(`listening on ${port}`);
  const [one, two] = await client.incomingPhoneNumbers.list();
  await client.incomingPhoneNumbers(one.sid).update({ voiceUrl: `http://127.0.0.1:${port}/voice` });
  await client.incomingPhoneNumbers(two.sid).update({ voiceUrl: `http://127.0.0.1:${port}/agent` });
  [line, agents] = [one, two].map((number) => `sip:${number.phoneNumber}@${node.sip}`);
  const forged = await fetch(`http://127.0.0.1:${port}/voice`, { method: 'POST', body: new URLSearchParams({ CallSid: 'CA' }) });
  assert.equal(forged.status, 403);
});

after(async () => {
  for (const end of ends.reverse()) await end();
  child?.kill();
  music?.closeAllConnections();
  music?.close();
  await node?.stop();
});

const says = (text) => until(`it says '${text}'; it said\n${output}`, () => output.includes(text));

async function softphone(hertz) {
  const phone = await startSoftphone(hertz);
  ends.push(() => phone.stop());
  return phone;
}

deep('twilio.test.js has queues and members; the other two lines are called in the gate', 'a caller waits for an agent and talks to him', { skip: missing }, async () => {
  const [caller, agent] = [await softphone(callerTone), await softphone(agentTone)];
  caller.calls(line);
  await caller.hears([menuTone], [waitTone]);
  caller.presses('1');
  await caller.hears([waitTone], [menuTone]);
  agent.calls(agents);
  await Promise.all([caller.hears([agentTone], [waitTone]), agent.hears([callerTone], [waitTone])]);
  agent.hangsUp();
  await says('left bridged');
});

test('callers meet on the conference line', { skip: missing }, async () => {
  const [one, two] = [await softphone(callerTone), await softphone(agentTone)];
  for (const phone of [one, two]) {
    phone.calls(line);
    await phone.hears([menuTone]);
    phone.presses('2');
  }
  await Promise.all([one.hears([agentTone], [menuTone]), two.hears([callerTone], [menuTone])]);
  one.hangsUp();
  two.hangsUp();
});

test('a caller leaves a message, which is heard', { skip: missing }, async () => {
  const caller = await softphone(callerTone);
  caller.calls(line);
  await caller.hears([menuTone]);
  caller.presses('3');
  const said = await onDisk(node, callerTone, 2_000);
  caller.presses('#');
  await says('recorded RE');
  await says('told completed');
  const url = output.match(/told completed (\S+)/)[1];
  const authorization = `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`;
  const message = Buffer.from(await (await fetch(`${url.startsWith('http') ? '' : origin}${url}.wav`, { headers: { authorization } })).arrayBuffer());
  assert.equal(message.subarray(0, 4).toString(), 'RIFF');
  assert.equal(message.readUInt16LE(22), 1);      // mono
  // A busy machine leaves gaps in it, and where it begins decides how its frames lie between them.
  const kept = millisOf(callerTone, samplesOf(message));
  assert.ok(kept >= 0.75 * said, `what was said is in it: ${kept} of ${said} ms`);
});

