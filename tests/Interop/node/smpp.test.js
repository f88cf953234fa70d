// Texts by SMPP with npm's smpp at the other end: as the message centre that a node binds to, and as the program that binds to the lab's.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import smpp from 'smpp';
import Telnyx from 'telnyx';
import { freePort, program, startNode, startSink } from './node.js';

const person = '+4915112345678';
let node, sink, client, own, centre;

/** npm's message centre: it keeps what it got, and answers as `answers` says. */
async function startCentre() {
  const taken = [], answers = [];
  let session, bound;
  const server = smpp.createServer((one) => {
    one.on('error', () => {});
    one.on('bind_transceiver', (pdu) => {
      bound = { system_id: pdu.system_id, password: pdu.password, interface_version: pdu.interface_version };
      one.send(pdu.response({ system_id: 'npm' }));
      session = one;
    });
    one.on('enquire_link', (pdu) => one.send(pdu.response()));
    one.on('unbind', (pdu) => { one.send(pdu.response()); one.close(); });
    one.on('submit_sm', (pdu) => {
      const command_status = answers.shift() ?? smpp.ESME_ROK;
      const message_id = command_status === smpp.ESME_ROK ? `npm-${taken.push(pdu)}` : undefined;
      one.send(pdu.response({ command_status, message_id }));
    });
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port, taken, answers, bound: () => bound,
    /** Sends it to the node; what the node answers. */
    bring: (fields) => new Promise((resolve) => session.deliver_sm(fields, (answer) => resolve(answer.command_status))),
    receipt: (at, stat) => centre.bring({
      source_addr: taken[at].destination_addr, destination_addr: taken[at].source_addr, esm_class: smpp.ESM_CLASS.MC_DELIVERY_RECEIPT,
      short_message: `id:npm-${at + 1} sub:001 dlvrd:001 submit date:2611270600 done date:2611270601 stat:${stat} err:000 text:`,
    }),
    stop: () => new Promise((resolve) => { session?.destroy(); server.close(resolve); }),
  };
}

/** Until it is so. */
async function until(what, probe) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const statusIs = (id, status) => until(`${id} is ${status}`, async () => (await client.messages.retrieve(id)).data.to[0].status === status);
const received = (what, fits) => until(what, () => sink.taken.find(({ event }) => event.event_type === 'message.received' && fits(event.payload)));
const wordsOf = (pdu) => pdu.short_message.message.toString();
const digits = (address) => address.replace(/^\+/, '');

async function operator(method, path, body) {
  const answer = await fetch(node.admin + path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return (await answer.json()).data;
}

before(async () => {
  [node, sink, centre] = [await startNode(), await startSink(), await startCentre()];
  client = new Telnyx({ apiKey: node.key, baseURL: node.api });
  const profile = (await client.messagingProfiles.create({ name: 'Texts', whitelisted_destinations: ['*'], webhook_url: sink.url })).data;
  const number = (await client.phoneNumbers.list()).data[0];
  own = number.phone_number;
  await client.phoneNumbers.messaging.update(number.id, { messaging_profile_id: profile.id });
  const carrier = await operator('POST', '/text_carriers', {
    name: 'npm', host: '127.0.0.1', port: centre.port, system_id: 'acme', password: 'secret', prefixes: ['+49'],
  });
  await until('the node is bound', async () => (await operator('GET', `/text_carriers/${carrier.id}`)).bind?.state === 'bound');
});

after(async () => {
  await node?.stop();
  await centre?.stop();
  await sink?.stop();
});

test('a node binds to it, and what its receipt says becomes of a text', async () => {
  assert.deepEqual(centre.bound(), { system_id: 'acme', password: 'secret', interface_version: 0x34 });
  const sent = (await client.messages.send({ from: own, to: person, text: 'Are you there?' })).data;
  await statusIs(sent.id, 'sent');
  const [pdu] = centre.taken;
  assert.deepEqual([digits(pdu.source_addr), digits(pdu.destination_addr), wordsOf(pdu)], [digits(own), digits(person), 'Are you there?']);
  assert.equal(await centre.receipt(0, 'DELIVRD'), smpp.ESME_ROK);
  await statusIs(sent.id, 'delivered');
});

test('a long text in another script comes to it in parts that it joins', async () => {
  const from = centre.taken.length, text = 'Добрый день! '.repeat(12).trim();
  const sent = (await client.messages.send({ from: own, to: person, text })).data;
  await statusIs(sent.id, 'sent');
  const parts = centre.taken.slice(from);
  assert.equal(parts.length, 3);
  // 05 00 03 and a reference: of three, the first, second and third.
  assert.deepEqual(parts.map((pdu) => [...pdu.short_message.udh[0]].slice(-2)), [[3, 1], [3, 2], [3, 3]]);
  assert.ok(parts.every((pdu) => pdu.data_coding === 8));
  assert.equal(parts.map(wordsOf).join(''), text);
});

test('one that it throttles goes again, one that it refuses fails', async () => {
  centre.answers.push(smpp.ESME_RTHROTTLED);
  const late = (await client.messages.send({ from: own, to: person, text: 'Again.' })).data;
  await statusIs(late.id, 'sent');
  assert.equal(centre.taken.filter((pdu) => wordsOf(pdu) === 'Again.').length, 1);
  centre.answers.push(smpp.ESME_RINVDSTADR);
  const lost = (await client.messages.send({ from: own, to: person, text: 'Nowhere.' })).data;
  await statusIs(lost.id, 'sending_failed');
});

test('a text of its own, and one in two parts that come the wrong way round, are told as one each', async () => {
  const of = { source_addr: digits(person), destination_addr: digits(own) };
  assert.equal(await centre.bring({ ...of, data_coding: 8, short_message: 'Grüße 👋' }), smpp.ESME_ROK);
  const whole = await received('the text', (payload) => payload.text === 'Grüße 👋');
  assert.equal(whole.event.payload.from.phone_number, person);
  for (const [at, message] of [[2, 'the end.'], [1, 'From the start to ']])
    assert.equal(await centre.bring({ ...of, short_message: { udh: Buffer.from([5, 0, 3, 77, 2, at]), message } }), smpp.ESME_ROK);
  await received('both parts as one', (payload) => payload.text === 'From the start to the end.');
  assert.notEqual(await centre.bring({ ...of, destination_addr: '15550999999', short_message: 'Nobody.' }), smpp.ESME_ROK);
});

test("npm's client binds to the lab's message centre, and gets a receipt and an answer", async () => {
  const port = await freePort();
  const lab = spawn('dotnet', [program, 'lab', 'smsc', '--listen', `127.0.0.1:${port}`, '--system-id', 'acme'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(lab.stdout, 'data');
    const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` }), come = [];
    session.on('deliver_sm', (pdu) => { come.push(pdu); session.send(pdu.response()); });
    await once(session, 'connect');
    const ask = (command, fields) => new Promise((resolve) => session[command](fields, resolve));
    const stranger = smpp.connect({ url: `smpp://127.0.0.1:${port}` });
    await once(stranger, 'connect');
    const refused = await new Promise((resolve) => stranger.bind_transceiver({ system_id: 'else', password: '' }, resolve));
    assert.notEqual(refused.command_status, smpp.ESME_ROK);
    stranger.destroy();

    assert.equal((await ask('bind_transceiver', { system_id: 'acme', password: '' })).command_status, smpp.ESME_ROK);
    const taken = await ask('submit_sm', {
      source_addr: '15550100000', destination_addr: '15550000007', registered_delivery: 1, short_message: 'Are you there?',
    });
    assert.equal(taken.command_status, smpp.ESME_ROK);
    await until('receipt and answer', () => come.length >= 2);
    const receipt = come.find((pdu) => pdu.esm_class & smpp.ESM_CLASS.MC_DELIVERY_RECEIPT);
    assert.match(wordsOf(receipt), new RegExp(`^id:${taken.message_id} .*stat:DELIVRD`));
    assert.equal(wordsOf(come.find((pdu) => pdu !== receipt)), 'Yes.');
    assert.equal((await ask('enquire_link', {})).command_status, smpp.ESME_ROK);
    assert.equal((await ask('unbind', {})).command_status, smpp.ESME_ROK);
    session.destroy();
  } finally {
    lab.kill('SIGTERM');
    await once(lab, 'exit');
  }
});
