// The applications beside this file run as programs of their own, with softphones that are not ours; who hears whom is measured by frequency.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Telnyx from 'telnyx';
import { deep } from './depth.js';
import { freePort, startNode } from './node.js';
import { millisOf, missing, onDisk, startSoftphone } from './softphone.js';
import { tone } from './tone.js';

const callerTone = 440, agentTone = 700, otherTone = 1000, musicTone = 1500, menuTone = 2000;
const ends = [];
let node, files, soundOf, client, publicKey, profile, numbers;

before(async () => {
  if (missing) return;
  node = await startNode();
  files = createServer((request, response) => response.setHeader('content-type', 'audio/wav').end(tone(Number(/\d+/.exec(request.url)[0]), 30_000)));
  await new Promise((resolve) => files.listen(0, '127.0.0.1', resolve));
  soundOf = (hertz) => `http://127.0.0.1:${files.address().port}/${hertz}.wav`;
  publicKey = (await (await fetch(`${node.api}/public_key`, { headers: { authorization: `Bearer ${node.key}` } })).json()).data.public;
  client = new Telnyx({ apiKey: node.key, baseURL: node.api });
  profile = (await client.outboundVoiceProfiles.list()).data[0].id;
  numbers = (await client.phoneNumbers.list()).data;
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

after(async () => {
  files?.close();
  await node?.stop();
});

const byWebhooks = (name, url) => client.callControlApplications.create({ application_name: name, webhook_event_url: url, outbound: { outbound_voice_profile_id: profile } });
const byDocuments = (name, url) => client.texmlApplications.create({ friendly_name: name, voice_url: `${url}voice`, status_callback: `${url}status`, outbound: { outbound_voice_profile_id: profile } });

/** Its number leads to it, and its webhooks too. `lines` is what it wrote. */
async function startApplication(name, settings, create = byWebhooks) {
  const number = numbers.shift(), port = await freePort();
  const webhooks = `http://127.0.0.1:${port}/`;
  const connection = (await create(name, webhooks)).data.id;
  await client.phoneNumbers.update(number.id, { connection_id: connection });
  const child = spawn('node', [fileURLToPath(new URL(`applications/${name}.js`, import.meta.url))], {
    env: {
      ...process.env, ...settings, TELNYX_API_KEY: node.key, TELNYX_PUBLIC_KEY: publicKey, TELNYX_BASE_URL: node.api, CONNECTION_ID: connection,
      NUMBER: number.phone_number, PORT: `${port}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '', errors = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  ends.push(async () => { child.kill(); await exited; });
  const lines = () => output.split('\n').slice(0, -1);
  const says = async (line, nth = 1) => {
    const deadline = Date.now() + 30_000;
    while (lines().filter((one) => one === line).length < nth) {
      if (Date.now() > deadline) throw new Error(`${name} does not say '${line}' for the ${nth}. time; it said\n${output}${errors}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await says(`listening on ${port}`);
  return { number: `sip:${number.phone_number}@${node.sip}`, webhooks, says, lines, of: (role) => lines().filter((line) => line.endsWith(` ${role}`)).map((line) => line.split(' ')[0]), errors: () => errors };
}

async function softphone(hertz, answers) {
  const phone = await startSoftphone(hertz, answers);
  ends.push(() => phone.stop());
  return phone;
}

const hear = (...all) => Promise.all(all.map(([phone, tones, butNot]) => phone.hears(tones, butNot)));

/** Nobody else's events are believed. */
async function refusesForgeries(application) {
  const forged = await fetch(application.webhooks, { method: 'POST', body: JSON.stringify({ data: { event_type: 'call.initiated', payload: {} } }) });
  assert.equal(forged.status, 403);
}

test('a warm transfer: the caller waits with music while the agent asks the expert, and stays with him', { skip: missing }, async () => {
  const [caller, agent, expert] = [await softphone(callerTone), await softphone(agentTone), await softphone(otherTone)];
  const application = await startApplication('warm-transfer', { AGENT: agent.uri, EXPERT: expert.uri, MUSIC: soundOf(musicTone) });
  caller.calls(application.number);
  await hear([caller, [agentTone], [musicTone, callerTone]], [agent, [callerTone], [musicTone, agentTone]]);

  agent.presses('1');
  await hear([caller, [musicTone], [agentTone, otherTone]], [agent, [otherTone], [callerTone, musicTone]], [expert, [agentTone], [callerTone, musicTone]]);
  agent.presses('2');
  await hear([caller, [agentTone, otherTone], [callerTone, musicTone]], [agent, [callerTone, otherTone], [agentTone]], [expert, [callerTone, agentTone], [otherTone]]);
  agent.presses('3');
  await application.says('call.hangup agent');
  await hear([caller, [otherTone], [agentTone, musicTone]], [expert, [callerTone], [agentTone, musicTone]]);
  caller.hangsUp();
  await application.says('call.hangup expert');

  assert.deepEqual(application.of('caller').filter((type) => type.startsWith('call.')), ['call.initiated', 'call.answered', 'call.hangup']);
  assert.deepEqual(application.of('agent').filter((type) => type.startsWith('call.')), ['call.initiated', 'call.answered', 'call.dtmf.received', 'call.dtmf.received', 'call.dtmf.received', 'call.hangup']);
  assert.deepEqual(application.of('expert').filter((type) => type.startsWith('call.')), ['call.initiated', 'call.answered', 'call.hangup']);
  assert.equal(application.errors(), '');
  await refusesForgeries(application);
});

deep('the gate has the expert who stays', 'an expert who declines leaves the caller to the agent, whose going ends the call', { skip: missing }, async () => {
  const [caller, agent, expert] = [await softphone(callerTone), await softphone(agentTone), await softphone(otherTone, false)];
  const application = await startApplication('warm-transfer', { AGENT: agent.uri, EXPERT: expert.uri, MUSIC: soundOf(musicTone) });
  caller.calls(application.number);
  await hear([agent, [callerTone]]);
  agent.presses('1');
  await hear([caller, [musicTone], [agentTone]]);
  await expert.says('Incoming call from');
  expert.hangsUp();
  await application.says('call.hangup expert');
  await hear([caller, [agentTone], [musicTone]], [agent, [callerTone]]);
  agent.hangsUp();
  await application.says('call.hangup caller');
  assert.equal(application.errors(), '');
});

deep('SupervisionTests in Interop have the same three, without keys', 'a supervisor listens, whispers and barges in by keys, and the two talk on without him', { skip: missing }, async () => {
  const [caller, agent, supervisor] = [await softphone(callerTone), await softphone(agentTone), await softphone(otherTone)];
  const application = await startApplication('supervisor', { AGENT: agent.uri, SUPERVISOR: supervisor.uri });
  caller.calls(application.number);
  await application.says('call.answered supervisor');
  await hear([caller, [agentTone], [otherTone]], [agent, [callerTone], [otherTone]], [supervisor, [callerTone, agentTone], [otherTone]]);
  supervisor.presses('2');
  await hear([caller, [agentTone], [otherTone]], [agent, [callerTone, otherTone], [agentTone]], [supervisor, [callerTone, agentTone], [otherTone]]);
  supervisor.presses('3');
  await hear([caller, [agentTone, otherTone], [callerTone]], [agent, [callerTone, otherTone], [agentTone]], [supervisor, [callerTone, agentTone], [otherTone]]);
  supervisor.presses('1');
  await hear([caller, [agentTone], [otherTone]], [agent, [callerTone], [otherTone]]);
  supervisor.hangsUp();
  await application.says('call.hangup supervisor');
  await hear([caller, [agentTone], [otherTone]], [agent, [callerTone], [otherTone]]);
  caller.hangsUp();
  await Promise.all([application.says('call.hangup agent'), application.says('call.hangup caller')]);

  assert.deepEqual(application.of('caller'), ['call.initiated', 'call.answered', 'call.bridged', 'call.hangup']);
  assert.deepEqual(application.of('agent'), ['call.initiated', 'call.answered', 'call.bridged', 'call.hangup']);
  assert.deepEqual(application.of('supervisor'), ['call.initiated', 'call.answered', 'call.dtmf.received', 'call.dtmf.received', 'call.dtmf.received', 'call.hangup']);
  assert.equal(application.errors(), '');
  await refusesForgeries(application);
});

deep('twilio-ivr.test.js and TexmlTests have menus, conferences and messages by documents', 'a switchboard by documents: one call goes from the menu to a conference, to an agent and to a message', { skip: missing }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ringwright-switchboard-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const [caller, leader, agent] = [await softphone(callerTone), await softphone(otherTone), await softphone(agentTone)];
  const application = await startApplication('switchboard', { MENU: soundOf(menuTone), MUSIC: soundOf(musicTone), FOLDER: folder }, byDocuments);
  const chooses = async (phone, key) => {
    await phone.hears([menuTone], [musicTone, callerTone, agentTone, otherTone]);
    phone.presses(key);
  };

  caller.calls(application.number);
  await chooses(caller, '2');
  await hear([caller, [musicTone], [menuTone, callerTone]]);
  leader.calls(application.number);
  await chooses(leader, '3');
  await hear([caller, [otherTone], [musicTone, callerTone]], [leader, [callerTone], [musicTone, otherTone]]);
  leader.hangsUp();
  await application.says('conference conference-end');

  await chooses(caller, '1');
  await hear([caller, [musicTone], [menuTone, callerTone]]);
  agent.calls(application.number);
  await chooses(agent, '9');
  await hear([caller, [agentTone], [musicTone, callerTone]], [agent, [callerTone], [musicTone, agentTone]]);
  agent.hangsUp();
  await application.says('served bridged');

  await chooses(caller, '4');
  await caller.hears([], [menuTone]);
  const said = await onDisk(node, callerTone, 2_000);
  caller.presses('#');
  await application.says('saved completed');
  const [message] = await readdir(folder);
  const samples = soundIn(await readFile(join(folder, message)));
  // A busy machine leaves gaps in it, and where it begins decides how its frames lie between them.
  const kept = millisOf(callerTone, samples);
  assert.ok(kept >= 0.75 * said, `what he said is in it: ${kept} of ${said} ms`);
  await caller.hears([menuTone]);
  caller.hangsUp();
  await application.says('status completed', 3);

  const told = (...pages) => application.lines().filter((line) => pages.includes(line.split(' ')[0]));
  assert.deepEqual(told('chosen'), ['chosen 2', 'chosen 3', 'chosen 1', 'chosen 9', 'chosen 4']);
  // The leader, who hangs up in the conference, is asked for as well.
  assert.deepEqual([...new Set(told('conferred', 'served', 'recorded'))], ['conferred completed', 'served bridged', 'recorded completed']);
  assert.deepEqual(told('conference').map((line) => line.split(' ')[1]),
    ['participant-join', 'participant-join', 'conference-start', 'participant-leave', 'participant-leave', 'conference-end']);
  assert.equal(application.errors(), '');
  const forged = await fetch(`${application.webhooks}status`, { method: 'POST', body: new URLSearchParams({ CallStatus: 'completed' }) });
  assert.equal(forged.status, 403);
});

/** Samples of a WAV file with one channel of 16 bits. */
function soundIn(file) {
  const data = file.indexOf('data') + 8;
  return Int16Array.from({ length: (file.length - data) >> 1 }, (_, i) => file.readInt16LE(data + 2 * i));
}
