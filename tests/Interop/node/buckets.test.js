// depth: all, RecordingUploadTests in Edge bring recordings to a bucket, and polly.test.js has requests signed as the vendor wants them
// Recordings go to a bucket of the customer's: a server that speaks S3 and is not ours, set up by the vendor's own SDK.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import S3rver from 's3rver';
import Telnyx from 'telnyx';
import { recorded, startNode, startSink } from './node.js';

const key = 'S3RVER', bucket = 'my-recordings';
let node, sink, client, applicationId, from, folder, s3, door;

/** Stands before the bucket's server; while it is shut it takes connections and says nothing. */
async function startDoor(port) {
  const state = { isShut: false, taken: 0, sockets: new Set() };
  const server = createServer((socket) => {
    state.taken++;
    state.sockets.add(socket);
    socket.on('error', () => {}).on('close', () => state.sockets.delete(socket));
    if (state.isShut) return void socket.resume();
    const behind = connect(port, '127.0.0.1').on('error', () => socket.destroy());
    socket.pipe(behind).pipe(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${server.address().port}`;
  state.shut = () => { state.isShut = true; for (const socket of state.sockets) socket.destroy(); };     // also those that are kept for more
  state.stop = () => { for (const socket of state.sockets) socket.destroy(); server.close(); };
  return state;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringwright-bucket-'));
  s3 = new S3rver({ port: 0, address: '127.0.0.1', directory: folder, silent: true, configureBuckets: [{ name: bucket }] });
  door = await startDoor((await s3.run()).port);
  node = await startNode();
  sink = await startSink();
  client = new Telnyx({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
  const profile = (await client.outboundVoiceProfiles.list()).data[0];
  applicationId = (await client.callControlApplications.create({
    application_name: 'Own bucket', webhook_event_url: sink.url, outbound: { outbound_voice_profile_id: profile.id },
  })).data.id;
  from = (await client.phoneNumbers.list()).data[0].phone_number;
});

after(async () => {
  door?.stop();
  await s3?.close();
  await sink?.stop();
  await node?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Calls somebody, records two seconds of it, and resolves with the event that says it is saved. */
async function record(format) {
  sink.taken.length = 0;
  await client.calls.dial({ connection_id: applicationId, to: '+15550000001', from });
  const call = (await sink.next('call.answered')).event.payload.call_control_id;
  await client.calls.actions.startRecording(call, { format, channels: 'dual', custom_file_name: 'order' });
  await recorded(node, 2, 2);
  await client.calls.actions.hangup(call, {});
  return (await sink.next('call.recording.saved')).event.payload;
}

/** The link of our own, and where it leads. */
async function follow(id, format) {
  const link = (await client.recordings.retrieve(id)).data.download_urls[format];
  const answer = await fetch(link, { redirect: 'manual' });
  return { status: answer.status, place: answer.headers.get('location') };
}

async function eventually(what, look) {
  for (const deadline = Date.now() + 90_000; ;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const ofBucket = (configuration) => ({ backend: 's3', configuration: { bucket, region: 'us-east-1', aws_access_key_id: key, aws_secret_access_key: key, endpoint: door.url, ...configuration } });

test('a recording is brought to the bucket, its file here goes, and its link leads there', async () => {
  const made = await client.customStorageCredentials.create(applicationId, ofBucket());
  assert.deepEqual([made.connection_id, made.data.backend, made.data.configuration.bucket], [applicationId, 's3', bucket]);
  const saved = await record('wav');
  const { place } = await eventually('the link leads to the bucket', async () => { const seen = await follow(saved.recording_id, 'wav'); return seen.status === 302 && seen; });
  assert.ok(place.startsWith(`${door.url}/${bucket}/`), place);
  assert.match(decodeURIComponent(new URL(place).pathname), new RegExp(`^/${bucket}/\\d{4}-\\d\\d-\\d\\d/order-${saved.recording_id}\\.wav$`));
  const bytes = Buffer.from(await (await fetch(place)).arrayBuffer());
  assert.equal(bytes.subarray(0, 4).toString(), 'RIFF');
  assert.ok(bytes.length > 2 * 2 * 8_000, `${bytes.length} bytes`);
  await eventually('the file here is gone', async () => !(await readdir(join(node.data, 'recordings'), { recursive: true })).some((name) => name.includes(saved.recording_id)));
  // The link that the webhook brought before leads there too.
  assert.equal((await fetch(saved.recording_urls.wav)).status, 200);
});

test('a node that is killed while it sends brings the whole recording after its next start', async () => {
  await client.customStorageCredentials.update(applicationId, ofBucket());
  door.shut();
  const taken = door.taken;
  const saved = await record('wav');
  await eventually('the node sends', () => door.taken > taken);
  assert.equal((await follow(saved.recording_id, 'wav')).status, 200);      // still here
  await node.kill();
  door.isShut = false;
  await node.start();
  const { place } = await eventually('the link leads to the bucket', async () => { const seen = await follow(saved.recording_id, 'wav'); return seen.status === 302 && seen; });
  const bytes = Buffer.from(await (await fetch(place)).arrayBuffer());
  assert.equal(bytes.length, bytes.readUInt32LE(4) + 8);
});

test('without keys a recording stays here', async () => {
  await client.customStorageCredentials.delete(applicationId);
  await assert.rejects(client.customStorageCredentials.retrieve(applicationId), Telnyx.NotFoundError);
  const saved = await record('wav');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.equal((await follow(saved.recording_id, 'wav')).status, 200);
});
