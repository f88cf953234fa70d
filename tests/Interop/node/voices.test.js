// depth: all, polly.test.js has a voice on a live call, and RemoteVoiceTests in Edge have what this vendor is asked
// A voice of ElevenLabs on a live call. The vendor's own client takes the server's answers first; then ours asks the same server, and a telephone hears it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import Telnyx from 'telnyx';
import { startNode, startSink } from './node.js';
import { missing, startSoftphone } from './softphone.js';

const key = 'xi-of-the-operator', rate = 24_000;
let node, sink, client, vendor, applicationId, from;
const asked = [];

/** Two seconds of a tone that is as high as the text is long. */
const pitch = (text) => 400 + 20 * text.length;

function samples(text) {
  const bytes = Buffer.alloc(2 * 2 * rate);
  for (let i = 0; i < bytes.length / 2; i++) bytes.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * pitch(text) * i) / rate)), 2 * i);
  return bytes;
}

async function startVendor() {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url, 'http://localhost'), voice = /^\/v1\/text-to-speech\/([^/]+)$/.exec(url.pathname)?.[1];
      const isRight = request.method === 'POST' && voice && request.headers['xi-api-key'] === key && url.searchParams.get('output_format') === `pcm_${rate}`;
      if (!isRight) return response.writeHead(request.headers['xi-api-key'] === key ? 404 : 401, { 'content-type': 'application/json' }).end('{"detail":{"status":"no"}}');
      const body = JSON.parse(Buffer.concat(chunks));
      asked.push({ voice, model: body.model_id, text: body.text, speed: body.voice_settings?.speed });
      response.writeHead(200, { 'content-type': 'audio/pcm' }).end(samples(body.text));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => { server.closeAllConnections(); server.close(); } };
}

before(async () => {
  vendor = await startVendor();
  node = await startNode('--speech-provider', 'elevenlabs', '--speech-url', vendor.url, '--speech-key', key);
  sink = await startSink();
  client = new Telnyx({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
  const profile = (await client.outboundVoiceProfiles.list()).data[0];
  applicationId = (await client.callControlApplications.create({
    application_name: 'Spoken', webhook_event_url: sink.url, outbound: { outbound_voice_profile_id: profile.id },
  })).data.id;
  from = (await client.phoneNumbers.list()).data[0].phone_number;
});

after(async () => {
  await sink?.stop();
  await node?.stop();
  vendor?.stop();
});

test('the vendor\'s own client takes what the server of this test answers', async () => {
  const theirs = new ElevenLabsClient({ apiKey: key, baseUrl: vendor.url });
  const text = 'Said by their client.';
  const chunks = [];
  for await (const chunk of await theirs.textToSpeech.convert('George', { text, modelId: 'eleven_multilingual_v2', outputFormat: `pcm_${rate}` })) chunks.push(chunk);
  assert.deepEqual(Buffer.concat(chunks), samples(text));
  assert.deepEqual(asked.pop(), { voice: 'George', model: 'eleven_multilingual_v2', text, speed: undefined });
  const stranger = new ElevenLabsClient({ apiKey: 'another', baseUrl: vendor.url, maxRetries: 0 });
  await assert.rejects(async () => stranger.textToSpeech.convert('George', { text, outputFormat: `pcm_${rate}` }, { maxRetries: 0 }));
});

test('a call hears the voice that was asked for, once rendered and then from the cache', { skip: missing }, async () => {
  const phone = await startSoftphone(300);
  try {
    await client.calls.dial({ connection_id: applicationId, to: phone.uri, from });
    const call = (await sink.next('call.answered')).event.payload.call_control_id;
    const text = 'Hello from afar';
    const isHeard = phone.hears([pitch(text)]);
    for (let i = 0; i < 2; i++) await client.calls.actions.speak(call, { payload: text, voice: 'ElevenLabs.eleven_flash_v2_5.Rachel', language: 'en-US' });
    await isHeard;
    await sink.next('call.speak.ended');
    assert.deepEqual(asked, [{ voice: 'Rachel', model: 'eleven_flash_v2_5', text, speed: undefined }]);
    await client.calls.actions.hangup(call, {});
  } finally {
    await phone.stop();
  }
});
