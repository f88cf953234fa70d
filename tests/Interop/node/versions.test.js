// Five versions of the vendor's own SDK, years apart, each place a call, take the call at its other end and end it, by their own words and their own ways over HTTP.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Telnyx from 'telnyx';
import Telnyx1 from 'telnyx-1';
import { ofAll, rows } from './depth.js';
import { startNode, startSink } from './node.js';

const Telnyx2 = await ofAll('telnyx-2'), Telnyx21 = await ofAll('telnyx-2.1'), Telnyx3 = await ofAll('telnyx-3');

let node, sink, connection, from, to;

const headers = () => ({ authorization: `Bearer ${node.key}`, 'content-type': 'application/json' });

async function ask(method, path, body) {
  const answer = await fetch(`${node.api}/${path}`, { method, headers: headers(), body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return (await answer.json()).data;
}

before(async () => {
  node = await startNode();
  sink = await startSink();
  const profile = (await ask('GET', 'outbound_voice_profiles'))[0];
  connection = (await ask('POST', 'call_control_applications', { application_name: 'Versions', webhook_event_url: sink.url, outbound: { outbound_voice_profile_id: profile.id } })).id;
  const numbers = await ask('GET', 'phone_numbers');
  [from, to] = numbers.map((number) => number.phone_number);
  await ask('PATCH', `phone_numbers/${numbers[1].id}`, { connection_id: connection });
});

after(async () => {
  await sink?.stop();
  await node?.stop();
});

/** SDKs before 3: objects that know their resource, and a host instead of a base URL. From 2 on the object wants its id said once more. */
function old(Sdk, ...again) {
  const client = new Sdk(node.key);
  const { hostname, port } = new URL(node.api);
  client.setHost(hostname, port, 'http');
  const act = (name) => (id, body) => new client.Call({ call_control_id: id })[name](...again.map(() => id), ...(body ? [body] : []));
  return { dial: async (body) => (await client.calls.create(body)).data, answer: act('answer'), speak: act('speak'), gather: act('gather'), hangup: act('hangup') };
}

const second = (Sdk) => old(Sdk, 'id');

function generated(Sdk) {
  const client = new Sdk({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
  return {
    dial: async (body) => (await client.calls.dial(body)).data,
    answer: (id) => client.calls.actions.answer(id, {}),
    speak: (id, body) => client.calls.actions.speak(id, body),
    gather: (id, body) => client.calls.actions.gather(id, body),
    hangup: (id) => client.calls.actions.hangup(id, {}),
  };
}

// In the gate the oldest; sdk.test.js goes the way of the newest.
const versions = rows([['1.27.0', (Sdk) => old(Sdk), Telnyx1]],
  [['2.0.0', second, Telnyx2], ['2.1.1', second, Telnyx21], ['3.5.0', generated, Telnyx3], ['7.24.0', generated, Telnyx]]);

for (const [name, adapt, Sdk] of versions) {
  test(`SDK ${name} drives a call to a person: it speaks, gathers a digit and hangs up`, async () => {
    sink.taken.length = 0;
    const sdk = adapt(Sdk);
    const { call_control_id: id } = await sdk.dial({ connection_id: connection, to: '+15550071007', from });
    assert.match(id, /^v3:/);
    await sink.next('call.answered');
    await sdk.speak(id, { payload: 'Press one to confirm.', voice: 'female', language: 'en-US' });
    // While it speaks: the person presses her key a good second after its end, however busy we are then.
    await sdk.gather(id, { minimum_digits: 1, maximum_digits: 1, initial_timeout_millis: 20_000, timeout_millis: 25_000 });
    await sink.next('call.speak.ended');
    assert.equal((await sink.next('call.gather.ended')).event.payload.digits, '1');
    await sdk.hangup(id);
    assert.equal((await sink.next('call.hangup')).event.payload.hangup_cause, 'normal_clearing');
  });

  test(`SDK ${name} answers a call that comes in, with nothing to say`, async () => {
    sink.taken.length = 0;
    const sdk = adapt(Sdk);
    const { call_control_id: calling } = await sdk.dial({ connection_id: connection, to, from });
    const incoming = await arrives((hook) => hook.event.event_type === 'call.initiated' && hook.event.payload.direction === 'incoming');
    await sdk.answer(incoming.event.payload.call_control_id);
    await arrives((hook) => hook.event.event_type === 'call.answered' && hook.event.payload.call_control_id === calling);
    await sdk.hangup(calling);
    await arrives((hook) => hook.event.event_type === 'call.hangup' && hook.event.payload.call_control_id === incoming.event.payload.call_control_id);
  });
}

async function arrives(matches) {
  const until = Date.now() + 30_000;
  for (;;) {
    const found = sink.taken.find(matches);
    if (found) return found;
    assert.ok(Date.now() < until, `it did not come within 30 s: ${sink.taken.map((hook) => hook.event.event_type)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
