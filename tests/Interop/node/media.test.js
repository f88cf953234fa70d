// The vendor's own SDK keeps media files, plays them, gathers with them and rings two people at once.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import Telnyx from 'telnyx';
import { deep } from './depth.js';
import { startNode, startSink } from './node.js';
import { tone } from './tone.js';

let node, sink, files, client, applicationId, from;

before(async () => {
  node = await startNode();
  sink = await startSink();
  const lengths = { '/long.wav': 8000, '/greeting.wav': 1400 };
  files = createServer((request, response) => response.setHeader('content-type', 'audio/wav').end(tone(request.url === '/long.wav' ? 700 : 900, lengths[request.url] ?? 400)));
  await new Promise((resolve) => files.listen(0, '127.0.0.1', resolve));
  client = new Telnyx({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
  const profile = (await client.outboundVoiceProfiles.list()).data[0];
  applicationId = (await client.callControlApplications.create({
    application_name: 'SDK media', webhook_event_url: sink.url, outbound: { outbound_voice_profile_id: profile.id },
  })).data.id;
  from = (await client.phoneNumbers.list()).data[0].phone_number;
});

after(async () => {
  files?.close();
  await sink?.stop();
  await node?.stop();
});

const urlOf = (name) => `http://127.0.0.1:${files.address().port}/${name}`;

test('a media file lives through the SDK', async () => {
  const made = (await client.media.upload({ media_url: urlOf('hello.wav'), media_name: 'hello', ttl_secs: 3600 })).data;
  assert.deepEqual([made.media_name, made.content_type], ['hello', 'audio/wav']);
  assert.deepEqual((await client.media.retrieve('hello')).data, made);
  assert.deepEqual((await client.media.list({ filter: { content_type: ['audio/wav'] } })).data, [made]);
  const bytes = Buffer.from(await (await client.media.download('hello')).arrayBuffer());
  assert.ok(bytes.equals(tone(900, 400)));
  const changed = (await client.media.update('hello', { media_url: urlOf('long.wav'), ttl_secs: 7200 })).data;
  assert.equal(changed.created_at, made.created_at);
  assert.ok(changed.expires_at > made.expires_at);
  await client.media.delete('hello');
  await assert.rejects(client.media.retrieve('hello'), Telnyx.NotFoundError);
  await assert.rejects(client.media.upload({ media_url: 'http://169.254.169.254/x.wav' }), (error) => error.status === 422);
});

test('two people ring, the first who answers hears a kept file and is asked with another', async () => {
  await client.media.upload({ media_url: urlOf('greeting.wav'), media_name: 'greeting' });
  const dialled = (await client.calls.dial({ connection_id: applicationId, to: ['+15550071007', '+15550021000'], from, media_name: 'greeting' })).data;
  const answered = (await sink.next('call.answered')).event.payload;
  assert.equal(answered.call_session_id, dialled.call_session_id);
  await sink.next('call.playback.started');
  // While the greeting plays: the person presses her key a good second after the last that she hears, however busy we are then.
  assert.equal((await client.calls.actions.gatherUsingAudio(answered.call_control_id, { audio_url: urlOf('menu.wav'), maximum_digits: 1, maximum_tries: 1, timeout_millis: 15_000 })).data.result, 'ok');
  const played = (await sink.next('call.playback.ended')).event.payload;
  assert.deepEqual([played.media_name, played.status], ['greeting', 'completed']);
  assert.equal((await client.calls.actions.sendSipInfo(answered.call_control_id, { content_type: 'text/plain', body: 'hello' })).data.result, 'ok');
  const gathered = (await sink.next('call.gather.ended')).event.payload;
  assert.deepEqual([gathered.digits, gathered.status], ['1', 'valid']);
  await client.calls.actions.hangup(answered.call_control_id, {});
  const legs = sink.taken.filter((hook) => hook.event.event_type === 'call.initiated').map((hook) => hook.event.payload);
  assert.deepEqual(legs.map((leg) => leg.to).sort(), ['+15550021000', '+15550071007']);
});

deep('SpokenPromptTests in Edge speak in pieces, PlaybackTests stop', 'a long text goes on behind its first piece, is told once, and is stopped half-way', async () => {
  sink.taken.length = 0;
  await client.calls.dial({ connection_id: applicationId, to: '+15550000001', from });
  const call = (await sink.next('call.answered')).event.payload.call_control_id;
  const text = Array.from({ length: 20 }, (_, i) => `This is sentence number ${i} of a rather long text that somebody speaks.`).join(' ');
  await client.calls.actions.speak(call, { payload: text, voice: 'female', language: 'en-US', voice_settings: { voice_speed: 2 } });
  await sink.next('call.speak.started');
  await new Promise((resolve) => setTimeout(resolve, 5_000));       // the first piece has two seconds
  assert.ok(!sink.taken.some((hook) => hook.event.event_type === 'call.speak.ended'));
  await client.calls.actions.stopPlayback(call, { stop: 'all' });
  assert.equal((await sink.next('call.speak.ended')).event.payload.status, 'cancelled');
  await client.calls.actions.hangup(call, {});
  await sink.next('call.hangup');
  assert.deepEqual(['started', 'ended'].map((what) => sink.taken.filter((hook) => hook.event.event_type === `call.speak.${what}`).length), [1, 1]);
});
