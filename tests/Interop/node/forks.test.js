// The fork of a live call to a plain UDP socket: the telephone is baresip, and what comes is measured by frequency.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import Telnyx from 'telnyx';
import { receiveFork } from './applications/fork-receiver.js';
import { startNode, startSink } from './node.js';
import { missing, startSoftphone } from './softphone.js';

const phoneTone = 440, rate = 8000;
const ends = [];
let node, client;

before(async () => {
  node = await startNode();
  client = new Telnyx({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
});

after(() => node?.stop());

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** G.711 mu-law by its formula. */
function decode(byte) {
  const bits = ~byte & 255, size = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return bits & 128 ? -size : size;
}

function levelOf(hertz, packets) {
  const samples = packets.flatMap((packet) => [...packet.payload].map(decode));
  let real = 0, imaginary = 0;
  samples.forEach((sample, i) => {
    real += sample * Math.cos((2 * Math.PI * hertz * i) / rate);
    imaginary += sample * Math.sin((2 * Math.PI * hertz * i) / rate);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

async function until(what, isSo) {
  const deadline = Date.now() + 30_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`not so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('both directions of a call go to a UDP socket until the fork is stopped, and again until the call ends', { skip: missing }, async () => {
  const sink = await startSink();
  ends.push(() => sink.stop());
  const hook = async (type) => (await sink.next(type)).event.payload;
  const profile = (await client.outboundVoiceProfiles.list()).data[0];
  const application = (await client.callControlApplications.create({ application_name: 'forks', webhook_event_url: sink.url, outbound: { outbound_voice_profile_id: profile.id } })).data.id;
  const from = (await client.phoneNumbers.list()).data[0].phone_number;
  const phone = await startSoftphone(phoneTone);
  ends.push(() => phone.stop());
  const packets = [];
  const socket = await receiveFork(0, (packet) => packets.push(packet));
  ends.push(() => new Promise((resolve) => socket.close(resolve)));
  const target = `udp:127.0.0.1:${socket.address().port}`;
  const of = (track) => packets.filter((packet) => packet.track === track);

  await client.calls.dial({ connection_id: application, to: phone.uri, from });
  const call = (await hook('call.answered')).call_control_id;
  await client.calls.actions.startForking(call, { rx: target, tx: target });
  assert.deepEqual((await hook('call.fork.started')).stream_type, 'decrypted');
  await assert.rejects(() => client.calls.actions.startStreaming(call, { stream_url: 'ws://127.0.0.1:9/' }), /90045/);
  await until('a second of each direction', () => of('inbound').length >= 150 && of('outbound').length >= 150);
  for (const track of ['inbound', 'outbound']) {
    const some = of(track).slice(0, 150);
    assert.ok(some.every((packet) => packet.codec === 'PCMU' && packet.payload.length === 160));
    assert.deepEqual(some.map((packet) => (packet.sequence - some[0].sequence) & 0xffff), some.map((_, i) => i));
    assert.deepEqual(some.map((packet) => (packet.timestamp - some[0].timestamp) >>> 0), some.map((_, i) => 160 * i));
  }
  assert.ok(levelOf(phoneTone, of('inbound').slice(100, 150)) > 3000);
  assert.ok(levelOf(phoneTone, of('outbound').slice(100, 150)) < 100);

  await client.calls.actions.stopForking(call, {});
  await hook('call.fork.stopped');
  await assert.rejects(() => client.calls.actions.stopForking(call, {}), /90031/);
  const had = packets.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(packets.length - had <= 2, `${packets.length - had} packets came after the end`);

  await client.calls.actions.startForking(call, { rx: target });
  await hook('call.fork.started');
  await until('what is said', () => packets.length > had + 20);
  assert.ok(packets.slice(had + 2).every((packet) => packet.track === 'inbound'));
  await client.calls.actions.hangup(call, {});
  await hook('call.fork.stopped');
  await hook('call.hangup');
});
