// Documents command calls that the vendor's SDK places, reads, redirects and ends, by the words of each version; a telephone that is not ours hears them and presses keys.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import Telnyx from 'telnyx';
import Telnyx1 from 'telnyx-1';
import { TelnyxWebhook } from 'telnyx/lib/webhooks';
import { ofAll, rows } from './depth.js';
import { startDocuments } from './documents.js';
import { startNode } from './node.js';
import { missing, startSoftphone } from './softphone.js';

const Telnyx2 = await ofAll('telnyx-2'), Telnyx21 = await ofAll('telnyx-2.1'), Telnyx3 = await ofAll('telnyx-3');

const phoneTone = 440, questionTone = 700, answerTone = 1000, newTone = 1500;
const ends = [];
let node, publicKey, profile, numbers;

before(async () => {
  if (missing) return;
  node = await startNode();
  const client = new Telnyx({ apiKey: node.key, baseURL: node.api });
  publicKey = (await (await fetch(`${node.api}/public_key`, { headers: { authorization: `Bearer ${node.key}` } })).json()).data.public;
  profile = (await client.outboundVoiceProfiles.list()).data[0].id;
  numbers = (await client.phoneNumbers.list()).data;
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

after(() => node?.stop());

/** SDKs before 3. Version 2 calls that there is, and reads none. */
function old(Sdk) {
  const client = new Sdk(node.key);
  const { hostname, port } = new URL(node.api);
  client.setHost(hostname, port, 'http');
  const applications = client.texmlApplications ?? client.teXMLApplication;
  return {
    applications,
    createApplication: async (body) => (await applications.create(body)).data,
    call: async (application, body) => (await client.texml.createCall(application, body)).data,
    update: async (sid, body) => (await client.texml.updateCall(sid, body)).data,
    verify: ({ body, headers }) => client.webhooks.signature.verifySignature(body, Buffer.from(headers['telnyx-signature-ed25519'], 'base64'),
      headers['telnyx-timestamp'], Buffer.from(publicKey, 'base64'), 300),
  };
}

function generated(Sdk) {
  const client = new Sdk({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
  const calls = client.texml.accounts.calls;
  return {
    createApplication: async (body) => (await client.texmlApplications.create(body)).data,
    call: async (application, body) => (await client.texml.calls[Sdk === Telnyx ? 'create' : 'initiate'](application, body)).data,
    update: async (sid, body) => (await client.texml.calls.update(sid, body)).data,
    ofAccount: (account) => ({
      call: (body) => calls.calls(account, Sdk === Telnyx ? { body } : body),
      read: (sid) => calls.retrieve(sid, { account_sid: account }),
      list: (query) => calls.retrieveCalls(account, query),
      update: (sid, body) => calls.update(sid, { account_sid: account, ...body }),
    }),
  };
}

const newest = (Sdk) => ({ ...generated(Sdk), verify: ({ body, headers }) => new TelnyxWebhook(publicKey).verify(body, headers) });

async function softphone() {
  const phone = await startSoftphone(phoneTone);
  ends.push(() => phone.stop());
  return phone;
}

/** Asks for a key while one tone is heard; the action plays another for ever. */
async function documents() {
  const web = await startDocuments({
    voice: `<Gather numDigits="1" timeout="30" action="pressed"><Play loop="3">${questionTone}.wav</Play></Gather>`,
    pressed: `<Play loop="0">${answerTone}.wav</Play>`,
  });
  ends.push(() => web.stop());
  return web;
}

const applicationOf = (web) => ({
  friendly_name: `documents ${web.url}`, voice_url: `${web.url}/voice`, status_callback: `${web.url}/status`, outbound: { outbound_voice_profile_id: profile },
});

/** The key goes to the action, whose document is heard. */
async function answersTheQuestion(phone, web) {
  await phone.hears([questionTone], [answerTone, newTone]);
  phone.presses('5');
  const pressed = (await web.next('pressed')).form;
  assert.deepEqual([pressed.get('Digits'), pressed.get('CallStatus')], ['5', 'in-progress']);
  await phone.hears([answerTone], [questionTone]);
  return pressed;
}

const inline = `<Response><Play loop="0">${newTone}.wav</Play></Response>`;

/** Each callback of the call is signed by whoever has the public key, by the SDK's own words; and one that was changed is not. */
async function areSigned(web, sid, verify, statuses) {
  const callbacks = web.taken.filter((one) => one.page === 'status' && one.form.get('CallSid') === sid);
  assert.deepEqual(callbacks.map((one) => one.form.get('CallStatus')), statuses);
  for (const one of callbacks) {
    await verify(one);
    await assert.rejects(async () => verify({ ...one, body: one.body.replace('CallSid=', 'CallSid=x') }), /[Ss]ignature/);
  }
}

const whole = ['initiated', 'ringing', 'in-progress', 'completed'];
const ofCall = (sid, status) => (form) => form.get('CallSid') === sid && form.get('CallStatus') === status;

for (const [name, adapt, Sdk] of rows([['7.24.0', newest, Telnyx]], [['3.5.0', generated, Telnyx3]])) {
  test(`SDK ${name} places a call of a document, reads it, redirects it and ends it`, { skip: missing }, async () => {
    const sdk = adapt(Sdk), phone = await softphone(), web = await documents();
    const application = await sdk.createApplication(applicationOf(web));
    const [{ phone_number: From }] = numbers;
    // Which account it is is said in each request; here by the older path, which needs no account.
    const first = await sdk.call(application.id, { To: '+15550020001', From });
    assert.deepEqual([first.from, first.to, first.status], [From, '+15550020001', 'queued']);
    const busy = (await web.next('status', ofCall(first.sid, 'busy'))).form;
    const account = sdk.ofAccount(busy.get('AccountSid'));

    const placed = await account.call({ ApplicationSid: application.id, To: phone.uri, From, StatusCallback: `${web.url}/status`, StatusCallbackEvent: 'initiated ringing answered completed' });
    assert.deepEqual([placed.from, placed.to, placed.status], [From, phone.uri, 'queued']);
    const sid = (await answersTheQuestion(phone, web)).get('CallSid');
    const read = await account.read(sid);
    assert.deepEqual([read.sid, read.status, read.direction, read.to, read.account_sid], [sid, 'in-progress', 'outbound', phone.uri, busy.get('AccountSid')]);
    const listed = async (query) => (await account.list(query)).calls.map((call) => `${call.sid} ${call.status}`);
    assert.ok((await listed({ PageSize: 10 })).includes(`${sid} in-progress`));
    assert.ok((await listed({ Status: 'busy' })).includes(`${first.sid} busy`));

    const redirected = await account.update(sid, { Texml: inline });
    assert.deepEqual([redirected.sid, redirected.status], [sid, 'in-progress']);
    await phone.hears([newTone], [answerTone, questionTone]);
    await account.update(sid, { Status: 'completed' });
    await phone.says('session closed');
    await web.next('status', ofCall(sid, 'completed'));
    assert.equal((await account.read(sid)).status, 'completed');
    assert.deepEqual(await listed({ Status: 'completed', To: phone.uri }), [`${sid} completed`]);
    if (sdk.verify) {
      await areSigned(web, sid, sdk.verify, whole);
      await areSigned(web, first.sid, sdk.verify, ['initiated', 'ringing', 'busy']);
    }
    await assert.rejects(account.read('v3:nothing'), (error) => error.status === 404);
    await assert.rejects(sdk.ofAccount('00000000-0000-0000-0000-000000000001').read(sid), (error) => error.status === 404);
  });
}

// In the gate the newest asks by that path too, for a number that is busy.
for (const [name, adapt, Sdk] of rows([], [['2.0.0', old, Telnyx2], ['2.1.1', old, Telnyx21], ['3.5.0', generated, Telnyx3]])) {
  test(`SDK ${name} does so by the older path, which names the application`, { skip: missing }, async () => {
    const sdk = adapt(Sdk), phone = await softphone(), web = await documents();
    const application = await sdk.createApplication(applicationOf(web));
    const { sid } = await sdk.call(application.id, { To: phone.uri, From: numbers[0].phone_number });
    assert.equal((await answersTheQuestion(phone, web)).get('CallSid'), sid);
    const redirected = await sdk.update(sid, { Texml: inline });
    assert.deepEqual([redirected.sid, redirected.status], [sid, 'in-progress']);
    await phone.hears([newTone], [answerTone, questionTone]);
    await sdk.update(sid, { Status: 'completed' });
    await phone.says('session closed');
    await web.next('status', ofCall(sid, 'completed'));
    if (sdk.verify) await areSigned(web, sid, sdk.verify, whole);
  });
}

test('SDK 1.27.0, which places none, has documents answer the calls of a number', { skip: missing }, async () => {
  const sdk = old(Telnyx1), phone = await softphone(), web = await documents();
  const { id } = await sdk.createApplication(applicationOf(web));
  await new Telnyx({ apiKey: node.key, baseURL: node.api }).phoneNumbers.update(numbers[1].id, { connection_id: id });
  phone.calls(`sip:${numbers[1].phone_number}@${node.sip}`);
  const sid = (await answersTheQuestion(phone, web)).get('CallSid');
  phone.hangsUp();
  await web.next('status', ofCall(sid, 'completed'));
  await areSigned(web, sid, ({ body, headers }) => Telnyx1.webhooks.signature.verifySignature(body, headers['telnyx-signature-ed25519'], headers['telnyx-timestamp'], publicKey, 300),
    ['initiated', 'in-progress', 'completed']);
  assert.equal((await sdk.applications.retrieve(id)).data.voice_url, `${web.url}/voice`);
  assert.ok((await sdk.applications.list()).data.some((one) => one.id === id));
  await sdk.applications.update(id, { friendly_name: 'renamed', voice_url: `${web.url}/other` });
  assert.equal((await sdk.applications.retrieve(id)).data.friendly_name, 'renamed');
});
