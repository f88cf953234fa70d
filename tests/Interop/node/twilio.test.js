// The vendor's SDK for TwiML, in four versions, unmodified, against a running node: every resource that is there, with real calls to the people of the lab.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import Twilio from 'twilio';
import Twilio3 from 'twilio-3';
import { WebSocketServer } from 'ws';
import { deep, ofAll, rows } from './depth.js';
import { freePort, recorded, startNode } from './node.js';
import { clientOf, operate, startWeb, until } from './twilio.js';

const Twilio4 = await ofAll('twilio-4'), Twilio5 = await ofAll('twilio-5');

// In the gate the newest and the oldest.
const versions = rows([['twilio 6.2.0', Twilio], ['twilio 3.84.1', Twilio3]], [['twilio 5.13.1', Twilio5], ['twilio 4.23.0', Twilio4]]);
const from = '+15550100000', talker = '+15550000001';
let node, origin, account, token, other;

/** A recogniser that hears nothing: what is ordered of it begins. */
const whisper = createServer((request, response) => request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{"text":""}')));

before(async () => {
  await new Promise((resolve) => whisper.listen(0, '127.0.0.1', resolve));
  node = await startNode('--recogniser-url', `http://127.0.0.1:${whisper.address().port}/v1`, '--recogniser-key', 'a-key', '--recogniser-model', 'a-model');
  origin = node.api.slice(0, -'/v2'.length);
  ({ account_sid: account, auth_token: token } = await operate(node, 'tenant', 'token', 'default'));
  other = await operate(node, 'tenant', 'create', 'other');
});

after(async () => {
  await node?.stop();
  whisper.closeAllConnections();
  whisper.close();
});

const fails = (promise, status, code) => assert.rejects(promise, (error) => {
  assert.deepEqual([error.status, error.code], [status, code], `${error.status} ${error.code} ${error.message}`);
  return true;
});

const answered = (client, sid) => until(`${sid} is answered`, async () => (await client.calls(sid).fetch()).status === 'in-progress');
const ended = (client, sid) => until(`${sid} has ended`, async () => (await client.calls(sid).fetch()).status === 'completed');
const quiet = '<Response><Pause length="60"/></Response>';

for (const [name, Sdk] of versions) {
  // Of what is not the newest, the gate has calls and keys.
  const more = Sdk === Twilio ? test : (...asTest) => deep('the newest has the same in the gate', ...asTest);
  test(`${name}: calls, their recordings, and who may ask`, async () => {
    const client = clientOf(Sdk, origin, account, token);
    const web = await startWeb({ '/next': () => quiet });
    try {
      const call = await client.calls.create({ to: talker, from, twiml: quiet, statusCallback: `${web.url}/status`, statusCallbackEvent: ['initiated', 'answered', 'completed'] });
      assert.match(call.sid, /^CA[0-9a-f]{32}$/);
      assert.deepEqual([call.accountSid, call.status, call.direction, call.to, call.from], [account, 'queued', 'outbound-api', talker, from]);
      await answered(client, call.sid);
      assert.ok((await client.calls.list({ status: 'in-progress', to: talker })).some((one) => one.sid === call.sid));
      assert.ok((await client.calls.list({ to: '(555) 000-0001', from: '1 555-010-0000' })).some((one) => one.sid === call.sid));
      assert.ok(!(await client.calls.list({ status: 'completed' })).some((one) => one.sid === call.sid));
      const fetched = await client.calls(call.sid).fetch();
      assert.ok(Math.abs(fetched.dateCreated - new Date()) < 60_000);

      const begun = await client.calls(call.sid).recordings.create({ recordingStatusCallback: `${web.url}/recording`, recordingChannels: 'dual' });
      assert.match(begun.sid, /^RE[0-9a-f]{32}$/);
      assert.deepEqual([begun.callSid, begun.channels, begun.source], [call.sid, 2, 'StartCallRecordingAPI']);
      assert.equal((await client.calls(call.sid).recordings(begun.sid).update({ status: 'paused' })).status, 'paused');
      await client.calls(call.sid).recordings('Twilio.CURRENT').update({ status: 'in-progress' });
      await recorded(node, 1, 2);
      await client.calls(call.sid).recordings(begun.sid).update({ status: 'stopped' });
      const told = await web.next('/recording');
      assert.deepEqual([told.form.RecordingSid, told.form.CallSid, told.form.RecordingStatus], [begun.sid, call.sid, 'completed']);
      assert.equal((await client.recordings(begun.sid).fetch()).status, 'completed');
      assert.ok((await client.recordings.list({ callSid: call.sid })).some((one) => one.sid === begun.sid));
      assert.ok((await client.calls(call.sid).recordings.list()).some((one) => one.sid === begun.sid));
      const authorization = `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`;
      const sound = await fetch(`${told.form.RecordingUrl.startsWith('http') ? '' : origin}${told.form.RecordingUrl}.wav`, { headers: { authorization } });
      assert.deepEqual([sound.status, Buffer.from(await sound.arrayBuffer()).subarray(0, 4).toString()], [200, 'RIFF']);
      const coded = await fetch(`${told.form.RecordingUrl.startsWith('http') ? '' : origin}${told.form.RecordingUrl}.mp3`, { headers: { authorization } });
      assert.deepEqual([coded.status, coded.headers.get('content-type'), new Uint8Array(await coded.arrayBuffer())[0]], [200, 'audio/mpeg', 0xff]);
      assert.equal((await fetch(`${told.form.RecordingUrl.startsWith('http') ? '' : origin}${told.form.RecordingUrl}`)).status, 401);

      assert.equal((await client.calls(call.sid).update({ url: `${web.url}/next`, method: 'POST' })).sid, call.sid);
      assert.equal((await web.next('/next')).form.CallSid, call.sid);

      // Nobody else finds, hears or ends any of it.
      const stranger = clientOf(Sdk, origin, other.account_sid, other.auth_token);
      for (const attempt of [
        () => stranger.calls(call.sid).fetch(), () => stranger.calls(call.sid).update({ status: 'completed' }),
        () => stranger.calls(call.sid).recordings.create(), () => stranger.recordings(begun.sid).fetch(), () => stranger.recordings(begun.sid).remove(),
      ]) await fails(attempt(), 404, 20404);
      const foreign = clientOf(Sdk, origin, account, other.auth_token);
      await fails(foreign.calls.list(), 401, 20003);
      await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token, { accountSid: account }).calls.list(), 404, 20404);
      assert.equal((await client.calls(call.sid).fetch()).status, 'in-progress');
      assert.equal((await client.calls(call.sid).update({ timeLimit: 3600 })).status, 'in-progress');

      await client.recordings(begun.sid).remove();
      await fails(client.recordings(begun.sid).fetch(), 404, 20404);
      await client.calls(call.sid).update({ status: 'completed' });
      await ended(client, call.sid);
      const end = await web.next('/status', (form) => form.CallStatus === 'completed');
      assert.deepEqual([end.form.CallSid, end.form.AccountSid, end.form.ApiVersion, end.form.Direction], [call.sid, account, '2010-04-01', 'outbound-api']);
      assert.ok(Number(end.form.CallDuration) > 0);
      await fails(client.calls(call.sid).update({ twiml: quiet }), 400, 21220);
      await fails(client.calls(call.sid).update({ status: 'completed' }), 404, 20404);

      // Each request is signed as this very SDK checks it.
      for (const one of web.taken) {
        const form = one.method === 'POST' ? one.form : {};
        assert.ok(Sdk.validateRequest(token, one.signature, one.url, form), one.path);
        assert.ok(!Sdk.validateRequest(token, one.signature, one.url, { ...form, CallSid: `${form.CallSid}0` }));
        assert.ok(!Sdk.validateRequest(token, one.signature, `${one.url}x`, form));
        assert.ok(!Sdk.validateRequest(other.auth_token, one.signature, one.url, form));
      }
    } finally {
      await web.stop();
    }
  });

  more(`${name}: streams, recording servers and transcriptions of a call, and recordings of a conference`, async () => {
    const client = clientOf(Sdk, origin, account, token), stranger = clientOf(Sdk, origin, other.account_sid, other.auth_token);
    const web = await startWeb({ '/dialled': () => quiet }), port = await freePort(), ear = new WebSocketServer({ port, host: '127.0.0.1' }), heard = [];
    ear.on('connection', (socket) => socket.on('message', (text) => heard.push(JSON.parse(text))));
    try {
      const call = await client.calls.create({ to: talker, from, twiml: quiet }), beside = client.calls(call.sid), theirs = stranger.calls(call.sid);
      await answered(client, call.sid);
      if (typeof beside.streams === 'function') {
        const wanted = { url: `ws://127.0.0.1:${port}/in`, name: 'ear', track: 'both_tracks', statusCallback: `${web.url}/stream`, 'parameter1.name': 'plan', 'parameter1.value': '007' };
        await fails(theirs.streams.create(wanted), 404, 20404);
        await fails(beside.streams.create({ url: 'http://127.0.0.1/' }), 400, 21205);
        const stream = await beside.streams.create(wanted);
        assert.match(stream.sid, /^MZ[0-9a-f]{32}$/);
        assert.deepEqual([stream.callSid, stream.name, stream.status], [call.sid, 'ear', 'in-progress']);
        const start = await until('the stream begins', async () => heard.find((one) => one.event === 'start'));
        assert.equal(start.start.customParameters.plan, '007');
        assert.deepEqual([start.streamSid, start.start.callSid, start.start.mediaFormat.encoding], [stream.sid, call.sid, 'audio/x-mulaw']);
        assert.equal((await web.next('/stream')).form.StreamSid, stream.sid);
        await fails(beside.streams.create(wanted), 400, 21220);
        await fails(theirs.streams(stream.sid).update({ status: 'stopped' }), 404, 20404);
        await fails(beside.streams(`MZ${'0'.repeat(32)}`).update({ status: 'stopped' }), 404, 20404);
        assert.equal((await beside.streams(stream.sid).update({ status: 'stopped' })).status, 'stopped');
        await until('it is over', async () => web.taken.find((one) => one.form.StreamEvent === 'stream-stopped'));
        await fails(beside.streams(stream.sid).update({ status: 'stopped' }), 404, 20404);
        await beside.streams.create(wanted);
        assert.equal((await beside.streams('ear').update({ status: 'stopped' })).status, 'stopped');
      }
      if (typeof beside.siprec === 'function') {
        await fails(beside.siprec.create({ connectorName: 'nobody' }), 400, 20001);
        const connector = `archive of ${name}`;
        await fetch(`${node.api}/siprec_connectors`, { method: 'POST', headers: { authorization: `Bearer ${node.key}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: connector, host: '127.0.0.1', port: await freePort() }) });
        const session = await beside.siprec.create({ connectorName: connector, name: 'archive', 'parameter1.name': 'plan', 'parameter1.value': '007' });
        assert.match(session.sid, /^SR[0-9a-f]{32}$/);
        await fails(theirs.siprec(session.sid).update({ status: 'stopped' }), 404, 20404);
        assert.equal((await beside.siprec(session.sid).update({ status: 'stopped' })).status, 'stopped');
      }
      if (typeof beside.transcriptions === 'function') {
        await fails(beside.transcriptions.create({ profanityFilter: true }), 400, 20001);
        const words = await beside.transcriptions.create({ name: 'words', track: 'inbound_track', inboundTrackLabel: 'agent', statusCallbackUrl: `${web.url}/words`, languageCode: 'en-US', partialResults: false, speechModel: 'telephony', hints: 'one, two' });
        assert.match(words.sid, /^GT[0-9a-f]{32}$/);
        await fails(beside.transcriptions.create({}), 400, 21220);
        await fails(theirs.transcriptions(words.sid).update({ status: 'stopped' }), 404, 20404);
        assert.equal((await beside.transcriptions('words').update({ status: 'stopped' })).status, 'stopped');
      }
      // One after the other: the first is busy, the second answers, and the third never rings.
      const [busy, second, third] = ['+15550020001', '+15550000012', '+15550000013'];
      await client.calls(call.sid).update({ twiml: `<Response><Dial sequential="true" action="${web.url}/dialled"><Number>${busy}</Number><Number>${second}</Number><Number>${third}</Number></Dial><Pause length="60"/></Response>` });
      const dialled = await until('the second answers', async () => (await client.calls.list({ to: second, status: 'in-progress' })).find((one) => one.parentCallSid === call.sid));
      assert.equal((await client.calls.list({ to: busy })).find((one) => one.parentCallSid === call.sid).status, 'busy');
      const ofParent = (filters) => client.calls.list({ parentCallSid: call.sid, ...filters });
      assert.ok((await ofParent({ to: '1 555 000-0012' })).some((one) => one.sid === dialled.sid));
      assert.equal((await ofParent({}))[0].sid, dialled.sid, 'the newest is the first');
      assert.deepEqual(await ofParent({ startTimeAfter: new Date(Date.now() + 86_400_000) }), []);
      assert.ok(!(await ofParent({ endTimeAfter: new Date(Date.now() - 86_400_000) })).some((one) => one.sid === dialled.sid));
      await client.calls(dialled.sid).update({ status: 'completed' });
      const told = (await web.next('/dialled')).form;
      assert.deepEqual([told.DialCallStatus, told.DialCallSid], ['completed', dialled.sid]);
      assert.ok(!(await client.calls.list({ to: third })).some((one) => one.parentCallSid === call.sid));
      const room = `recorded room of ${name}`;
      await client.calls(call.sid).update({ twiml: `<Response><Dial><Conference record="record-from-start">${room}</Conference></Dial></Response>` });
      const conference = await until('the conference is there', async () => (await client.conferences.list({ friendlyName: room }))[0]);
      const files = client.conferences(conference.sid).recordings;
      const file = await until('it is recorded', async () => (await files.list())[0]);
      await fails(stranger.conferences(conference.sid).recordings(file.sid).update({ status: 'paused' }), 404, 20404);
      assert.equal((await files(file.sid).update({ status: 'paused', pauseBehavior: 'silence' })).status, 'paused');
      assert.equal((await files(file.sid).update({ status: 'in-progress' })).status, 'in-progress');
      assert.equal((await files(file.sid).update({ status: 'paused' })).status, 'paused');
      assert.equal((await files('Twilio.CURRENT').update({ status: 'in-progress' })).status, 'in-progress');
      await files(file.sid).update({ status: 'stopped' });
      await until('it is saved', async () => (await files(file.sid).fetch()).status === 'completed');
      await client.calls(call.sid).update({ status: 'completed' });
      await ended(client, call.sid);
      if (typeof beside.streams === 'function') await fails(beside.streams.create({ url: `ws://127.0.0.1:${port}/in` }), 400, 21220);
    } finally {
      ear.close();
      await web.stop();
    }
  });

  test(`${name}: keys, and what is wrong with requests`, async () => {
    const made = await operate(node, 'key', 'add', '--role', 'member');
    const key = clientOf(Sdk, origin, `SK${made.id.replaceAll('-', '')}`, made.telnyx_key, { accountSid: account });
    assert.ok(Array.isArray(await key.calls.list({ limit: 1 })));
    assert.equal((await key.api.accounts(account).fetch()).sid, account);
    const client = clientOf(Sdk, origin, account, token);
    const { accountSid, balance, currency } = await client.balance.fetch();
    assert.equal(accountSid, account);
    assert.match(`${balance} ${currency}`, /^-?\d+(\.\d+)? [A-Z]{3}$/);
    await fails(clientOf(Sdk, origin, account, 'nonsense').calls.list(), 401, 20003);
    await fails(client.calls.create({ to: talker, from }), 400, 21205);
    await fails(client.calls.create({ to: 'nobody', from, twiml: quiet }), 400, 21211);
    await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token).calls.create({ to: talker, from, twiml: quiet }), 400, 21210);
    await fails(client.calls.create({ to: talker, from, url: 'gopher://example.com' }), 400, 21205);
    await fails(client.calls.create({ to: talker, from, twiml: quiet, callReason: 'a reason' }), 400, 20001);
    await fails(client.calls(`CA${'0'.repeat(32)}`).fetch(), 404, 20404);
    const text = await client.messages.create({ to: talker, from, body: 'x', statusCallback: 'http://127.0.0.1:9/status' });
    assert.match(text.sid, /^SM[0-9a-f]{32}$/);
    assert.deepEqual([text.status, text.direction, text.body, text.from, text.to], ['queued', 'outbound-api', 'x', from, talker]);
    assert.equal((await client.messages(text.sid).fetch()).sid, text.sid);
    await fails(client.messages.create({ to: 'nobody', from, body: 'x' }), 400, 21211);
    await fails(client.messages.create({ to: talker, from }), 400, 21619);
    await fails(client.messages.create({ to: talker, messagingServiceSid: `MG${'0'.repeat(32)}`, body: 'x' }), 400, 20001);
    await fails(client.messages(text.sid).update({ body: '' }), 501, 20501);
    // Programs of before the SDKs leave the suffix out.
    const bare = (path, form) => fetch(`${origin}/2010-04-01/Accounts/${account}/${path}`, { method: form ? 'POST' : 'GET', body: form && new URLSearchParams(form), headers: { authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}` } });
    const placed = await bare('Calls', { To: talker, From: from, Twiml: '<Response/>' });
    assert.equal(placed.status, 201);
    const { sid } = await placed.json();
    assert.equal(await until('it is there', async () => (await (await bare(`Calls/${sid}`)).json()).sid), sid);
    assert.equal((await bare(`Calls/${sid}.xml`)).status, 404);
  });

  more(`${name}: conferences, participants, queues and members`, async () => {
    const client = clientOf(Sdk, origin, account, token);
    const room = `room of ${name}`, line = `line of ${name}`;
    const web = await startWeb({ '/hold': () => '<Response><Say>One moment.</Say></Response>', '/agent': () => quiet });
    try {
      const first = await client.calls.create({ to: talker, from, twiml: `<Response><Dial><Conference statusCallback="${web.url}/conference" statusCallbackEvent="start end join leave">${room}</Conference></Dial></Response>` });
      const conference = await until('the conference is there', async () => (await client.conferences.list({ friendlyName: room, status: 'in-progress' }))[0]);
      assert.match(conference.sid, /^CF[0-9a-f]{32}$/);
      assert.equal((await client.conferences(conference.sid).fetch()).friendlyName, room);
      await until('one takes part', async () => (await client.conferences(conference.sid).participants.list()).length === 1);
      assert.deepEqual((await client.conferences(conference.sid).participants.list()).map((one) => one.callSid), [first.sid]);
      const second = await client.conferences(conference.sid).participants.create({ to: '+15550000002', from, startConferenceOnEnter: false, endConferenceOnExit: false, statusCallback: `${web.url}/second`, statusCallbackEvent: ['answered', 'completed'] });
      await until('two take part', async () => (await client.conferences(conference.sid).participants.list()).length === 2);
      assert.equal((await client.conferences(conference.sid).participants(second.callSid).update({ muted: true })).muted, true);
      assert.equal((await client.conferences(conference.sid).participants(second.callSid).fetch()).muted, true);
      assert.equal((await client.conferences(conference.sid).participants(second.callSid).fetch()).startConferenceOnEnter, false);
      assert.deepEqual((await client.conferences(conference.sid).participants.list({ muted: true })).map((one) => one.callSid), [second.callSid]);
      await client.conferences(conference.sid).participants(second.callSid).update({ hold: true, holdUrl: `${web.url}/hold` });
      assert.equal((await web.next('/hold')).form.ConferenceSid, conference.sid);
      await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token).conferences(conference.sid).participants.list(), 404, 20404);
      await client.conferences(conference.sid).participants(second.callSid).remove();
      await until('one is left', async () => (await client.conferences(conference.sid).participants.list()).length === 1);
      // Who has not answered yet is found, and is called no longer.
      for (const [where, of] of [[conference.sid, conference.sid], [`rung-${name.replace(/\W/g, '-')}`, null]]) {
        const rung = await client.conferences(where).participants.create({ to: '+15550030009', from });
        const theirs = client.conferences(where).participants(rung.callSid), seen = await theirs.fetch();
        assert.ok(['queued', 'ringing'].includes(seen.status), seen.status);
        assert.deepEqual([seen.callSid, seen.conferenceSid], [rung.callSid, of ?? rung.conferenceSid]);
        await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token).conferences(where).participants(rung.callSid).remove(), 404, 20404);
        await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token).conferences(where).participants(rung.callSid).update({ muted: true }), 404, 20404);
        assert.deepEqual([(await theirs.update({ muted: true })).muted, (await theirs.fetch()).muted], [true, true]);
        assert.ok(await theirs.remove());
        await until('it is over', async () => ['canceled', 'no-answer', 'failed'].includes((await client.calls(rung.callSid).fetch()).status));
        await fails(theirs.fetch(), 404, 20404);
      }
      assert.deepEqual(await client.conferences(conference.sid).recordings.list(), []);
      await fails(client.conferences(conference.sid).recordings(`RE${'0'.repeat(32)}`).update({ status: 'paused' }), 404, 20404);
      // One of a new name begins with whoever is dialled into it.
      const fresh = `made-${name.replace(/\W/g, '-')}`;
      const alone = await client.conferences(fresh).participants.create({ to: '+15550000002', from, conferenceStatusCallback: `${web.url}/made`, conferenceStatusCallbackEvent: ['start', 'join'] });
      const begun = await until('it has begun', async () => (await client.conferences.list({ friendlyName: fresh, status: 'in-progress' }))[0]);
      assert.equal(begun.sid, alone.conferenceSid);
      assert.equal((await web.next('/made', (form) => form.StatusCallbackEvent === 'participant-join')).form.CallSid, alone.callSid);
      await client.conferences(begun.sid).update({ status: 'completed' });
      assert.equal((await client.conferences(conference.sid).update({ status: 'completed' })).status, 'completed');
      assert.equal((await web.next('/conference', (form) => form.StatusCallbackEvent === 'participant-join')).form.ConferenceSid, conference.sid);

      const waiting = await client.calls.create({ to: talker, from, twiml: `<Response><Enqueue>${line}</Enqueue></Response>` });
      const queue = await until('somebody waits', async () => (await client.queues.list()).find((one) => one.friendlyName === line && one.currentSize === 1));
      assert.match(queue.sid, /^QU[0-9a-f]{32}$/);
      assert.equal((await client.queues(queue.sid).fetch()).currentSize, 1);
      assert.deepEqual((await client.queues(queue.sid).members.list()).map((one) => one.callSid), [waiting.sid]);
      assert.equal((await client.queues(queue.sid).members('Front').fetch()).position, 1);
      await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token).queues(queue.sid).members('Front').update({ url: `${web.url}/agent` }), 404, 20404);
      await client.queues(queue.sid).members('Front').update({ url: `${web.url}/agent`, method: 'POST' });
      assert.equal((await web.next('/agent')).form.CallSid, waiting.sid);
      await client.calls(waiting.sid).update({ status: 'completed' });

      // One that is made before anybody waits in it says how many may.
      const short = `short line of ${name}`, made = await client.queues.create({ friendlyName: short, maxSize: 1 });
      assert.match(made.sid, /^QU[0-9a-f]{32}$/);
      assert.deepEqual([made.friendlyName, made.maxSize, made.currentSize], [short, 1, 0]);
      await fails(client.queues.create({ friendlyName: short }), 409, 20409);
      await fails(client.queues.create({ friendlyName: 'x', maxSize: 5001 }), 400, 20001);
      await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token).queues(made.sid).update({ maxSize: 2 }), 404, 20404);
      assert.ok((await client.queues.list()).some((one) => one.sid === made.sid));
      assert.deepEqual(await client.queues(made.sid).members.list(), []);
      const enqueue = `<Response><Enqueue action="${web.url}/turned">${short}</Enqueue><Pause length="60"/></Response>`;
      const inside = await client.calls.create({ to: talker, from, twiml: enqueue });
      await until('he waits', async () => (await client.queues(made.sid).fetch()).currentSize === 1);
      const outside = await client.calls.create({ to: talker, from, twiml: enqueue });
      assert.equal((await web.next('/turned', (form) => form.CallSid === outside.sid)).form.QueueResult, 'queue-full');
      await fails(client.queues(made.sid).update({ maxSize: 2 }), 400, 21220);
      await fails(client.queues(made.sid).remove(), 400, 22003);
      // What he was told to do then is nothing.
      await ended(client, outside.sid);
      await client.calls(inside.sid).update({ status: 'completed' });
      await until('nobody waits', async () => (await client.queues(made.sid).fetch()).currentSize === 0);
      assert.equal((await client.queues(made.sid).update({ maxSize: 2 })).maxSize, 2);
      await fails(client.queues(made.sid).update({ friendlyName: 'another' }), 400, 20001);
      await client.queues(made.sid).remove();
      await fails(client.queues(made.sid).fetch(), 404, 20404);
      for (const one of web.taken) assert.ok(Sdk.validateRequest(token, one.signature, one.url, one.method === 'POST' ? one.form : {}), one.path);
    } finally {
      await web.stop();
    }
  });

  more(`${name}: applications and numbers route calls`, async () => {
    const client = clientOf(Sdk, origin, account, token);
    const web = await startWeb({ '/voice': () => '<Response><Say>Hello.</Say></Response>', '/moved': () => ({ location: `${web.url}/voice` }) });
    try {
      const number = (await client.incomingPhoneNumbers.list()).find((one) => one.phoneNumber !== from);
      assert.match(number.sid, /^PN[0-9a-f]{32}$/);
      const pointed = await client.incomingPhoneNumbers(number.sid).update({ voiceUrl: `${web.url}/moved`, voiceMethod: 'GET', statusCallback: `${web.url}/ended` });
      assert.deepEqual([pointed.voiceUrl, pointed.voiceMethod], [`${web.url}/moved`, 'GET']);
      await client.calls.create({ to: number.phoneNumber, from, twiml: quiet });
      const asked = await web.next('/moved');
      assert.deepEqual([asked.method, asked.form.Direction, asked.form.Called, asked.form.AccountSid], ['GET', 'inbound', number.phoneNumber, account]);
      const end = await web.next('/ended');
      assert.deepEqual([end.form.CallSid, end.form.CallStatus], [asked.form.CallSid, 'completed']);
      const inbound = await client.calls(asked.form.CallSid).fetch();
      assert.deepEqual([inbound.direction, inbound.phoneNumberSid], ['inbound', number.sid]);

      const application = await client.applications.create({ friendlyName: `of ${name}`, voiceUrl: `${web.url}/voice` });
      assert.match(application.sid, /^AP[0-9a-f]{32}$/);
      assert.equal((await client.applications(application.sid).update({ friendlyName: `${name} again` })).friendlyName, `${name} again`);
      assert.equal((await client.applications(application.sid).fetch()).voiceUrl, `${web.url}/voice`);
      const answers = await client.applications(application.sid).update({ voiceFallbackUrl: `${web.url}/voice`, voiceFallbackMethod: 'GET' });
      assert.deepEqual([application.voiceFallbackMethod, answers.voiceMethod, answers.voiceFallbackMethod], ['POST', 'POST', 'GET']);
      assert.deepEqual((await client.applications.list({ friendlyName: `${name} again` })).map((one) => one.sid), [application.sid]);
      assert.equal((await client.incomingPhoneNumbers(number.sid).update({ voiceApplicationSid: application.sid, voiceUrl: `${web.url}/moved` })).voiceApplicationSid, application.sid);
      web.taken.length = 0;
      await client.calls.create({ to: number.phoneNumber, from, twiml: quiet });
      assert.equal((await web.next('/voice')).form.To, number.phoneNumber);
      const out = await client.calls.create({ to: talker, from, applicationSid: application.sid, url: `${web.url}/moved`, twiml: quiet });
      assert.equal((await web.next('/voice', (form) => form.CallSid === out.sid)).form.Direction, 'outbound-api');
      await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token).applications(application.sid).fetch(), 404, 20404);
      await fails(clientOf(Sdk, origin, other.account_sid, other.auth_token).incomingPhoneNumbers(number.sid).update({ voiceUrl: `${web.url}/voice` }), 404, 20404);
      for (const one of web.taken) assert.ok(Sdk.validateRequest(token, one.signature, one.url, one.method === 'POST' ? one.form : {}), one.path);
      await client.incomingPhoneNumbers(number.sid).update({ voiceApplicationSid: '' });
      await ended(client, out.sid);
      await until('the application is free', () => client.applications(application.sid).remove().then(() => true, () => false));
      await fails(client.applications(application.sid).fetch(), 404, 20404);
    } finally {
      await web.stop();
    }
  });
}

test('what was said on a recording is found by it, and by the account', async () => {
  const client = clientOf(Twilio, origin, account, token), stranger = clientOf(Twilio, origin, other.account_sid, other.auth_token);
  const web = await startWeb({ '/over': () => '<Response/>' });
  try {
    const twiml = `<Response><Record maxLength="2" playBeep="false" action="${web.url}/over" transcribe="true" transcribeCallback="${web.url}/text"/></Response>`;
    const call = await client.calls.create({ to: talker, from, twiml });
    const told = (await web.next('/text', (form) => form.CallSid === call.sid)).form;
    assert.ok(told.TranscriptionUrl.endsWith(`/Transcriptions/${told.TranscriptionSid}`), told.TranscriptionUrl);
    const found = await client.transcriptions(told.TranscriptionSid).fetch();
    assert.deepEqual([found.sid, found.recordingSid, found.status, found.transcriptionText], [told.TranscriptionSid, told.RecordingSid, told.TranscriptionStatus, told.TranscriptionText]);
    const ofIt = client.recordings(told.RecordingSid).transcriptions;
    assert.deepEqual((await ofIt.list()).map((one) => one.sid), [found.sid]);
    assert.ok((await client.transcriptions.list()).some((one) => one.sid === found.sid));
    await fails(stranger.transcriptions(found.sid).fetch(), 404, 20404);
    await fails(stranger.recordings(told.RecordingSid).transcriptions.list(), 404, 20404);
    await fails(client.recordings(`RE${'0'.repeat(32)}`).transcriptions(found.sid).fetch(), 404, 20404);
    await ofIt(found.sid).remove();
    await fails(client.transcriptions(found.sid).fetch(), 404, 20404);
  } finally {
    await web.stop();
  }
});

test('pages follow one another', async () => {
  const client = clientOf(Twilio, origin, account, token);
  for (let i = 0; i < 3; i++) await client.calls.create({ to: talker, from, twiml: '<Response/>' });
  const first = await client.calls.page({ pageSize: 1 });
  const second = await first.nextPage(), third = await second.nextPage();
  assert.equal(new Set([first, second, third].map((page) => page.instances[0].sid)).size, 3);
  assert.ok((await client.calls.list({ pageSize: 2, limit: 3 })).length === 3);
});

// The page of methods: the SDK is walked, each method that asks for something is asked, and has a row that says what becomes of it.
test('each method of the SDK has a row that is true', async () => {
  const page = await readFile(new URL('../../../docs/reference/twilio-sdk.md', import.meta.url), 'utf8');
  const rows = new Map([...page.matchAll(/^\| `([^`]+)` \| (yes|no)[^|]*\|/gm)].map((row) => [row[1], row[2]]));
  const client = clientOf(Twilio, origin, account, token);
  const sid = (prefix) => `${prefix}${'0'.repeat(32)}`;
  const call = client.calls(sid('CA')), conference = client.conferences(sid('CF')), queue = client.queues(sid('QU'));
  const things = {
    calls: client.calls, 'calls()': call,
    ...Object.fromEntries(['events', 'notifications', 'payments', 'recordings', 'siprec', 'streams', 'transcriptions', 'userDefinedMessages', 'userDefinedMessageSubscriptions']
      .flatMap((name) => [[`calls().${name}`, call[name]], ...(typeof call[name] === 'function' ? contextOf(`calls().${name}()`, call[name]) : [])])),
    conferences: client.conferences, 'conferences()': conference,
    'conferences().participants': conference.participants, 'conferences().participants()': conference.participants(sid('CA')),
    'conferences().recordings': conference.recordings, 'conferences().recordings()': conference.recordings(sid('RE')),
    recordings: client.recordings, 'recordings()': client.recordings(sid('RE')),
    'recordings().transcriptions': client.recordings(sid('RE')).transcriptions,
    'recordings().transcriptions()': client.recordings(sid('RE')).transcriptions(sid('TR')),
    transcriptions: client.transcriptions, 'transcriptions()': client.transcriptions(sid('TR')),
    queues: client.queues, 'queues()': queue, 'queues().members': queue.members, 'queues().members()': queue.members(sid('CA')),
    applications: client.applications, 'applications()': client.applications(sid('AP')),
    incomingPhoneNumbers: client.incomingPhoneNumbers, 'incomingPhoneNumbers()': client.incomingPhoneNumbers(sid('PN')),
    validationRequests: client.validationRequests,
    outgoingCallerIds: client.outgoingCallerIds, 'outgoingCallerIds()': client.outgoingCallerIds(sid('PN')),
  };
  const asks = ['create', 'list', 'fetch', 'update', 'remove'];
  const found = [];
  for (const [name, thing] of Object.entries(things))
    for (const method of asks) {
      if (typeof thing[method] !== 'function') continue;
      found.push(`${name}.${method}`);
      const isBuilt = await thing[method](...argumentsOf(`${name}.${method}`)).then(() => true, (error) => {
        if (error.status === undefined) throw error;
        return error.status !== 501;
      });
      assert.equal(rows.get(`${name}.${method}`), isBuilt ? 'yes' : 'no', `${name}.${method} ${isBuilt ? 'is' : 'is not'} there, and its row says ${rows.get(`${name}.${method}`)}`);
    }
  assert.deepEqual([...rows.keys()].sort(), found.sort());
  assert.ok(found.length > 50, `${found.length} methods`);
});

function contextOf(name, list) {
  try {
    return [[name, list(`XX${'0'.repeat(32)}`)]];
  } catch {
    return [];      // some have nothing of the kind
  }
}

/** What the SDK wants before it asks at all. Where something would happen, it is told of nothing that exists. */
function argumentsOf(method) {
  if (method === 'calls.create') return [{ to: 'nobody', from, twiml: quiet }];
  if (method === 'conferences().participants.create') return [{ to: 'nobody', from }];
  if (method === 'queues.create') return [{ friendlyName: 'x' }];
  if (method === 'applications.create') return [{ friendlyName: 'x' }];
  if (/^calls\(\)\.(payments)/.test(method)) return [{ idempotencyKey: 'x', statusCallback: 'https://example.com' }];
  if (method === 'calls().streams.create') return [{ url: 'wss://example.com' }];
  if (/(streams|siprec|transcriptions)\(\)\.update$/.test(method)) return [{ status: 'stopped' }];
  if (method === 'calls().userDefinedMessages.create') return [{ content: 'x' }];
  if (method === 'calls().userDefinedMessageSubscriptions.create') return [{ callback: 'https://example.com' }];
  if (/recordings\(\)\.update$/.test(method)) return [{ status: 'stopped' }];
  if (method === 'queues().members().update') return [{ url: 'https://example.com' }];
  if (method === 'validationRequests.create') return [{ phoneNumber: '+15550100001' }];
  if (method === 'incomingPhoneNumbers.create') return [{ phoneNumber: '+15550100001' }];
  return method.endsWith('.list') ? [{ limit: 1 }] : [];
}
