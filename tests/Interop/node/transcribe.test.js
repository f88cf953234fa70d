// depth: all, TranscriptionOfCallTests in Edge hear both parties, and recognisers.test.js has servers of others
// What is said on a live call, in pieces, to a server shaped as whisper's, and its words as webhooks: all by the vendor's own SDK.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import Telnyx from 'telnyx';
import { startNode, startSink } from './node.js';

let node, sink, client, whisper, applicationId, from;
const heard = [];
let mayAnswer = Promise.resolve();

/** Answers with one word more for each piece, and keeps what it was sent. */
async function startWhisper() {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': request.headers['content-type'] } }).formData();
      const wav = Buffer.from(await form.get('file').arrayBuffer());
      heard.push({ path: request.url, key: request.headers.authorization, model: form.get('model'), language: form.get('language'), wav });
      await mayAnswer;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ text: `word ${heard.length}` }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, stop: () => { server.closeAllConnections(); server.close(); } };
}

before(async () => {
  whisper = await startWhisper();
  node = await startNode('--recogniser-url', whisper.url, '--recogniser-key', 'sk-of-the-operator', '--recogniser-model', 'large-v3-turbo');
  sink = await startSink();
  client = new Telnyx({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
  const profile = (await client.outboundVoiceProfiles.list()).data[0];
  applicationId = (await client.callControlApplications.create({
    application_name: 'Written down', webhook_event_url: sink.url, outbound: { outbound_voice_profile_id: profile.id },
  })).data.id;
  from = (await client.phoneNumbers.list()).data[0].phone_number;
});

after(async () => {
  await sink?.stop();
  await node?.stop();
  whisper?.stop();
});

test('what a call hears comes back as words, sentence by sentence', async () => {
  await client.calls.dial({ connection_id: applicationId, to: '+15550000001', from });
  const call = (await sink.next('call.answered')).event.payload.call_control_id;
  await client.calls.actions.startTranscription(call, { transcription_engine: 'B', language: 'en', transcription_tracks: 'outbound', client_state: 'd29yZHM=' });
  await assert.rejects(client.calls.actions.startTranscription(call, {}), (refused) => refused.status === 422 && refused.error.errors[0].code === '90054');
  await client.calls.actions.speak(call, { payload: 'This is the first sentence that is said.', voice: 'female', language: 'en-US' });
  const { payload } = (await sink.next('call.transcription', 60_000)).event;
  assert.deepEqual([payload.call_control_id, payload.client_state], [call, 'd29yZHM=']);
  assert.deepEqual([payload.transcription_data.transcript, payload.transcription_data.is_final, payload.transcription_data.transcription_track], ['word 1', true, 'outbound']);
  const [first] = heard;
  assert.deepEqual([first.path, first.key, first.model, first.language], ['/v1/audio/transcriptions', 'Bearer sk-of-the-operator', 'large-v3-turbo', 'en']);
  // One to five seconds of it, at 16 kHz, of which most is no silence.
  const rate = first.wav.readUInt32LE(24), samples = new Int16Array(first.wav.buffer.slice(first.wav.byteOffset + 44, first.wav.byteOffset + 44 + 2 * Math.floor((first.wav.length - 44) / 2)));
  assert.ok(samples.length / rate > 1 && samples.length / rate < 5, `${samples.length / rate} s`);
  assert.ok(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) > 500, 'it is loud');

  await client.calls.actions.stopTranscription(call, {});
  await assert.rejects(client.calls.actions.stopTranscription(call, {}), (refused) => refused.error.errors[0].code === '90055');
  await client.calls.actions.hangup(call, {});
  await sink.next('call.hangup');
  // Silence was never sent.
  assert.ok(heard.length <= 2, `${heard.length} pieces`);
});

/** Of this call, past or future. */
async function told(call, type, milliseconds = 30_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const hook = sink.taken.find(({ event }) => event.event_type === type && event.payload.call_control_id === call);
    if (hook) return hook.event;
  }
  throw new Error(`no ${type} within ${milliseconds} ms`);
}

test('what is said last is told, though the call hangs up right behind it', async () => {
  let answer;
  mayAnswer = new Promise((resolve) => { answer = resolve; });
  const call = (await client.calls.dial({ connection_id: applicationId, to: '+15550000002', from })).data.call_control_id;
  await told(call, 'call.answered');
  await client.calls.actions.startTranscription(call, { transcription_engine: 'B', language: 'en', transcription_tracks: 'outbound', client_state: 'bGFzdA==' });
  await client.calls.actions.speak(call, { payload: 'These are the last words of all.', voice: 'female', language: 'en-US' });
  await told(call, 'call.speak.ended');
  await client.calls.actions.hangup(call, {});
  const hangup = await told(call, 'call.hangup');
  answer();
  const said = await told(call, 'call.transcription');
  assert.deepEqual([said.payload.client_state, said.payload.transcription_data.is_final], ['bGFzdA==', true]);
  assert.ok(new Date(said.occurred_at) >= new Date(hangup.occurred_at), `${said.occurred_at} is before ${hangup.occurred_at}`);
});
