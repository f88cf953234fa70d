// A voice of Amazon Polly on a live call. The vendor's own signer says whether a request is signed as Amazon wants it, and the vendor's own client takes the
// server's answers first; then ours asks the same server, and a telephone hears it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { Sha256 } from '@aws-crypto/sha256-js';
import { PollyClient, SynthesizeSpeechCommand } from '@aws-sdk/client-polly';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import Telnyx from 'telnyx';
import { startNode, startSink } from './node.js';
import { missing, startSoftphone } from './softphone.js';

const credentials = { accessKeyId: 'AKIDOFTHEOPERATOR', secretAccessKey: 'a-secret/with+signs' }, region = 'us-east-1', rate = 16_000;
let node, sink, client, vendor, applicationId, from;
const asked = [];

/** Two seconds of a tone that is as high as the text is long. */
const pitch = (text) => 400 + 20 * text.length;

function samples(text) {
  const bytes = Buffer.alloc(2 * 2 * rate);
  for (let i = 0; i < bytes.length / 2; i++) bytes.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * pitch(text) * i) / rate)), 2 * i);
  return bytes;
}

/** Signed anew from what came, by the names that it says are signed. */
async function isSigned(request, body) {
  const names = /SignedHeaders=([^,]+),/.exec(request.headers.authorization ?? '')?.[1].split(';');
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers['x-amz-date'] ?? '');
  if (!names || !date) return false;
  const signingDate = new Date(Date.UTC(date[1], date[2] - 1, date[3], date[4], date[5], date[6]));
  if (Math.abs(Date.now() - signingDate) > 300_000) return false;
  const signer = new SignatureV4({ service: 'polly', region, credentials, sha256: Sha256 });
  const headers = Object.fromEntries(names.map((name) => [name, request.headers[name]]));
  const url = new URL(request.url, 'http://localhost');
  const again = await signer.sign({ method: request.method, protocol: 'http:', hostname: 'localhost', path: url.pathname, query: {}, headers, body },
    { signingDate, signableHeaders: new Set(names) });
  return again.headers.authorization === request.headers.authorization;
}

async function startVendor() {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks);
      const refuse = (status, type) => response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type }).end('{"message":"no"}');
      if (!(await isSigned(request, body))) return refuse(403, 'InvalidSignatureException');
      if (request.method !== 'POST' || request.url !== '/v1/speech') return refuse(404, 'UnknownOperationException');
      const said = JSON.parse(body);
      if (said.OutputFormat !== 'pcm' || said.SampleRate !== `${rate}`) return refuse(400, 'InvalidSampleRateException');
      asked.push({ voice: said.VoiceId, engine: said.Engine, text: said.Text, type: said.TextType ?? 'text' });
      response.writeHead(200, { 'content-type': 'audio/pcm' }).end(samples(said.Text));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => { server.closeAllConnections(); server.close(); } };
}

before(async () => {
  vendor = await startVendor();
  node = await startNode('--speech-provider', 'polly', '--speech-url', vendor.url,
    '--speech-key', `${credentials.accessKeyId}:${credentials.secretAccessKey}`, '--speech-model', 'neural');
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

test('the vendor\'s own client takes what the server of this test answers, and a stranger is refused', async () => {
  const text = 'Said by their client.';
  const command = new SynthesizeSpeechCommand({ Text: text, VoiceId: 'Ruth', Engine: 'neural', OutputFormat: 'pcm', SampleRate: `${rate}` });
  // It would speak HTTP/2 to Amazon; what it asks and takes is the same.
  const made = (by) => new PollyClient({ region, credentials: by, endpoint: vendor.url, maxAttempts: 1, requestHandler: new NodeHttpHandler() });
  const theirs = made(credentials);
  const answer = await theirs.send(command);
  assert.deepEqual(Buffer.from(await answer.AudioStream.transformToByteArray()), samples(text));
  assert.deepEqual(asked.pop(), { voice: 'Ruth', engine: 'neural', text, type: 'text' });
  const stranger = made({ ...credentials, secretAccessKey: 'another' });
  await assert.rejects(() => stranger.send(command), { name: 'InvalidSignatureException' });
  for (const of of [theirs, stranger]) of.destroy();
});

test('a call hears the voice that was asked for, once rendered and then from the cache', { skip: missing }, async () => {
  const phone = await startSoftphone(300);
  try {
    await client.calls.dial({ connection_id: applicationId, to: phone.uri, from });
    const call = (await sink.next('call.answered')).event.payload.call_control_id;
    const text = 'Grüße aus der Ferne';
    const isHeard = phone.hears([pitch(text)]);
    for (let i = 0; i < 2; i++) await client.calls.actions.speak(call, { payload: text, voice: 'AWS.Polly.Vicki', language: 'de-DE' });
    await isHeard;
    await sink.next('call.speak.ended');
    assert.deepEqual(asked, [{ voice: 'Vicki', engine: 'neural', text, type: 'text' }]);
    await client.calls.actions.hangup(call, {});
  } finally {
    await phone.stop();
  }
});
