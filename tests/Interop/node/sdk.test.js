// The vendor's own SDK, pointed here by its base URL alone, places a call to a person in the lab.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Telnyx from 'telnyx';
import { startNode, startSink } from './node.js';

let node, sink, client, publicKey, applicationId, from;

before(async () => {
  node = await startNode();
  sink = await startSink();
  publicKey = (await (await fetch(`${node.api}/public_key`, { headers: { authorization: `Bearer ${node.key}` } })).json()).data.public;
  client = new Telnyx({ apiKey: node.key, baseURL: node.api, publicKey });
  const profile = (await client.outboundVoiceProfiles.list()).data[0];
  const created = await client.callControlApplications.create({
    application_name: 'SDK test', webhook_event_url: sink.url, outbound: { outbound_voice_profile_id: profile.id },
  });
  applicationId = created.data.id;
  from = (await client.phoneNumbers.list()).data[0].phone_number;
});

after(async () => {
  await sink?.stop();
  await node?.stop();
});

test('the SDK dials, speaks, gathers a digit and hangs up; each webhook passes the SDK\'s own check', async () => {
  const clientState = Buffer.from('the appointment of Ada').toString('base64');
  const dialled = (await client.calls.dial({ connection_id: applicationId, to: '+15550071007', from, client_state: clientState })).data;
  assert.match(dialled.call_control_id, /^v3:/);
  assert.equal(dialled.is_alive, false);
  assert.equal(dialled.record_type, 'call');

  const answered = (await sink.next('call.answered')).event.payload;
  assert.equal(answered.call_control_id, dialled.call_control_id);
  assert.equal(answered.client_state, clientState);
  assert.equal((await client.calls.retrieveStatus(dialled.call_control_id)).data.is_alive, true);

  const spoken = await client.calls.actions.speak(dialled.call_control_id, { payload: 'Press one to confirm.', voice: 'female', language: 'en-US' });
  assert.equal(spoken.data.result, 'ok');
  // While it speaks: the person presses her key a good second after its end, however busy we are then.
  await client.calls.actions.gather(dialled.call_control_id, { minimum_digits: 1, maximum_digits: 1, initial_timeout_millis: 20_000, timeout_millis: 25_000 });
  await sink.next('call.speak.ended');
  const gathered = (await sink.next('call.gather.ended')).event.payload;
  assert.deepEqual([gathered.digits, gathered.status], ['1', 'valid']);

  await client.calls.actions.hangup(dialled.call_control_id, {});
  const ended = (await sink.next('call.hangup')).event.payload;
  assert.deepEqual([ended.hangup_cause, ended.hangup_source], ['normal_clearing', 'caller']);
  assert.equal(ended.start_time, answered.start_time);

  assert.deepEqual(sink.taken.map((hook) => hook.event.event_type),
    ['call.initiated', 'call.answered', 'call.speak.started', 'call.speak.ended', 'call.dtmf.received', 'call.gather.ended', 'call.hangup']);
  for (const hook of sink.taken) {
    const event = await client.webhooks.unwrap(hook.body, { headers: hook.headers });
    assert.equal(event.data.id, hook.event.id);
    await assert.rejects(client.webhooks.unwrap(hook.body.replace('"event"', '"evenT"'), { headers: hook.headers }), 'one changed byte must fail');
    const old = { ...hook.headers, 'telnyx-timestamp': String(Number(hook.headers['telnyx-timestamp']) - 301) };
    await assert.rejects(client.webhooks.unwrap(hook.body, { headers: old }), 'a stamp older than 300 s must fail');
  }
});

test('the SDK raises its own errors for a wrong key, an ended call and a made-up call', async () => {
  const stranger = new Telnyx({ apiKey: 'KEYwrong', baseURL: node.api, maxRetries: 0 });
  await assert.rejects(stranger.callControlApplications.list(), Telnyx.AuthenticationError);
  await assert.rejects(client.calls.actions.hangup('v3:made-up', {}), (error) => error.status === 422 && error.error.errors[0].code === '90015');
  const ended = (await sink.next('call.hangup')).event.payload.call_control_id;
  await assert.rejects(client.calls.actions.hangup(ended, {}), (error) => error.status === 422 && error.error.errors[0].code === '90018');
});

test('what is not built answers 501 once, without retries', async () => {
  let requests = 0;
  const counting = new Telnyx({ apiKey: node.key, baseURL: node.api, fetch: (...args) => { requests++; return fetch(...args); } });
  await assert.rejects(counting.portingOrders.list(), (error) => error.status === 501);
  assert.equal(requests, 1);
});
