// depth: all, ForkTests in Edge fork both directions, and begin and end them
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
  for (;;) {
    const found = isSo();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The first so many packets in a row of which none is missing: a busy machine loses some. */
function whole(packets, count, fits = () => true) {
  const follows = (packet, before) => ((packet.sequence - before.sequence) & 0xffff) === 1 && ((packet.timestamp - before.timestamp) >>> 0) === 160;
  for (let from = 0, i = 0; i < packets.length; i++) {
    if (i > from && !follows(packets[i], packets[i - 1])) from = i;
    if (i - from + 1 < count) continue;
    const some = packets.slice(from, i + 1);
    if (fits(some)) return some;
    from += 10;
  }
  return null;
}

/** What has been sent to the socket before now has been taken: our own comes behind it. */
const caughtUp = (socket) => new Promise((resolve) => {
  socket.on('message', function look(packet) {
    if (packet.toString() !== 'own') return;
    socket.off('message', look);
    resolve();
  });
  socket.send('own', socket.address().port, '127.0.0.1');
});

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
  socket.setRecvBufferSize(200_000);      // more than what comes in seconds in which nobody takes it
  ends.push(() => new Promise((resolve) => socket.close(resolve)));
  const target = `udp:127.0.0.1:${socket.address().port}`;
  const of = (track) => packets.filter((packet) => packet.track === track);

  await client.calls.dial({ connection_id: application, to: phone.uri, from });
  const call = (await hook('call.answered')).call_control_id;
  await client.calls.actions.startForking(call, { rx: target, tx: target });
  assert.deepEqual((await hook('call.fork.started')).stream_type, 'decrypted');
  await assert.rejects(() => client.calls.actions.startStreaming(call, { stream_url: 'ws://127.0.0.1:9/' }), /90045/);
  for (const track of ['inbound', 'outbound']) {
    const some = await until(`three seconds of ${track} without a gap`, () => whole(of(track), 150));
    assert.ok(some.every((packet) => packet.codec === 'PCMU' && packet.payload.length === 160));
    if (track === 'outbound') assert.ok(levelOf(phoneTone, some.slice(100)) < 100);
    // What a busy machine loses has a number or a time, and nothing comes twice.
    const all = of(track), steps = all.slice(1).map((packet, i) => [(packet.sequence - all[i].sequence) & 0xffff, (packet.timestamp - all[i].timestamp) >>> 0]);
    assert.ok(steps.every(([packets, samples]) => packets >= 1 && packets < 0x8000 && samples >= 160 * packets && samples < 0x80000000), `packets are in order: ${steps}`);
  }
  await until('a second of its tone', () => whole(of('inbound'), 50, (some) => levelOf(phoneTone, some) > 3000));

  await client.calls.actions.stopForking(call, {});
  await hook('call.fork.stopped');
  await assert.rejects(() => client.calls.actions.stopForking(call, {}), /90031/);
  await caughtUp(socket);
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
