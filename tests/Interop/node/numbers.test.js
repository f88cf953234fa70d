// The vendor's newest SDK, pointed here by its base URL alone: a number is found, ordered and put to use; it is called, texts go and come, and a code is verified.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Telnyx from 'telnyx';
import { startNode, startSink } from './node.js';

const areaCode = '907', person = '+15550000007', sendsCodesBack = '+15550070007';
let node, sink, client, applicationId, profileId, own, number;

/** The first webhook that fits, past or future. */
async function told(what, fits) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const hook = sink.taken.find((one) => fits(one.event));
    if (hook) return hook;
    if (Date.now() > deadline) throw new Error(`${what}: got ${sink.taken.map((one) => one.event.event_type)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

before(async () => {
  node = await startNode();
  sink = await startSink();
  const publicKey = (await (await fetch(`${node.api}/public_key`, { headers: { authorization: `Bearer ${node.key}` } })).json()).data.public;
  client = new Telnyx({ apiKey: node.key, baseURL: node.api, publicKey });
  own = (await client.phoneNumbers.list()).data[0].phone_number;
  const voice = (await client.outboundVoiceProfiles.list()).data[0];
  applicationId = (await client.callControlApplications.create({
    application_name: 'Numbers', webhook_event_url: sink.url, outbound: { outbound_voice_profile_id: voice.id },
  })).data.id;
  profileId = (await client.messagingProfiles.create({ name: 'Texts', whitelisted_destinations: ['*'], webhook_url: sink.url })).data.id;
  const stocked = await fetch(`${node.admin}/stock/actions/import`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ numbers: [{ first: `+1${areaCode}5550100`, last: `+1${areaCode}5550104`, country: 'US', features: ['voice', 'sms'] }] }),
  });
  assert.equal(stocked.status, 200, await stocked.text());
});

after(async () => {
  await sink?.stop();
  await node?.stop();
});

test('a number is searched, ordered and put on an application and a messaging profile', async () => {
  const found = (await client.availablePhoneNumbers.list({ filter: { country_code: 'US', national_destination_code: areaCode } })).data;
  assert.equal(found.length, 5);
  number = found[0].phone_number;
  const order = (await client.numberOrders.create({ phone_numbers: [{ phone_number: number }], connection_id: applicationId })).data;
  assert.equal((await client.numberOrders.retrieve(order.id)).data.status, 'success');
  const bought = (await client.phoneNumbers.list({ filter: { phone_number: number } })).data[0];
  assert.deepEqual([bought.status, bought.connection_id], ['active', applicationId]);
  const texting = (await client.phoneNumbers.messaging.update(bought.id, { messaging_profile_id: profileId })).data;
  assert.equal(texting.messaging_profile_id, profileId);
});

test('it is called at once', async () => {
  await client.calls.dial({ connection_id: applicationId, to: number, from: own });
  const come = (await told('the call comes', (event) => event.event_type === 'call.initiated' && event.payload.direction === 'incoming')).event.payload;
  assert.deepEqual([come.from, come.to], [own, number]);
  await client.calls.actions.answer(come.call_control_id, {});
  await told('it is answered', (event) => event.event_type === 'call.answered' && event.payload.call_control_id === come.call_control_id);
  await client.calls.actions.hangup(come.call_control_id, {});
});

test('a text goes, and its answer comes', async () => {
  const sent = (await client.messages.send({ from: number, to: person, text: 'Are you there?' })).data;
  const done = await told('it is delivered', (event) => event.event_type === 'message.finalized' && event.payload.id === sent.id);
  assert.equal(done.event.payload.to[0].status, 'delivered');
  const answer = await told('the answer comes', (event) => event.event_type === 'message.received' && event.payload.from.phone_number === person);
  assert.deepEqual([answer.event.payload.text, answer.event.payload.to[0].phone_number], ['Yes.', number]);
  const event = await client.webhooks.unwrap(answer.body, { headers: answer.headers });
  assert.equal(event.data.id, answer.event.id);
});

test('a code is sent, comes back and is verified once', async () => {
  const shop = (await client.verifyProfiles.create({ name: 'Shop', sms: { whitelisted_destinations: ['US'], app_name: 'Shop' } })).data;
  const code = (await client.verifications.triggerSMS({ phone_number: sendsCodesBack, verify_profile_id: shop.id })).data;
  const back = await told('the code comes back', (event) => event.event_type === 'message.received' && event.payload.from.phone_number === sendsCodesBack);
  const said = back.event.payload.text;
  assert.match(said, /^\d{4,}$/);
  const verified = (await client.verifications.actions.verify(code.id, { code: said })).data;
  assert.deepEqual([verified.response_code, verified.phone_number], ['accepted', sendsCodesBack]);
  assert.equal((await client.verifications.actions.verify(code.id, { code: said })).data.response_code, 'rejected');
});
