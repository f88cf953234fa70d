// Live recognisers: each server is first one that the vendor's own client gets on with, and then Ringwright is its client.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DeepgramClient } from '@deepgram/sdk';
import { StreamingTranscriber } from 'assemblyai';
import { freePort, program } from './node.js';
import { startAssemblyAi, startDeepgram } from './recognisers/server.js';

const rate = 16_000, folder = await mkdtemp(join(tmpdir(), 'ringwright-recognisers-')), wav = join(folder, 'tone.wav');
after(() => rm(folder, { recursive: true, force: true }));

/** Two seconds of a tone. */
const samples = Int16Array.from({ length: 2 * rate }, (_, i) => 8000 * Math.sin((2 * Math.PI * 440 * i) / rate));

function wavOf(audio) {
  const head = Buffer.alloc(44);
  head.write('RIFF'), head.writeInt32LE(36 + audio.byteLength, 4), head.write('WAVEfmt ', 8), head.writeInt32LE(16, 16);
  head.writeInt16LE(1, 20), head.writeInt16LE(1, 22), head.writeInt32LE(rate, 24), head.writeInt32LE(2 * rate, 28), head.writeInt16LE(2, 32), head.writeInt16LE(16, 34);
  head.write('data', 36), head.writeInt32LE(audio.byteLength, 40);
  return Buffer.concat([head, Buffer.from(audio.buffer)]);
}

/** Audio in messages of 100 ms. */
const portions = Array.from({ length: 20 }, (_, i) => samples.slice((i * rate) / 10, ((i + 1) * rate) / 10));

async function recognise(...settings) {
  await writeFile(wav, wavOf(samples));
  const child = spawn('dotnet', [program, 'recognise', wav, '--interim', ...settings], { stdio: ['ignore', 'pipe', 'pipe'] });
  let lines = '', complaints = '';
  child.stdout.on('data', (text) => (lines += text));
  child.stderr.on('data', (text) => (complaints += text));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(code, 0, complaints);
  return lines.trimEnd().split('\n').map((line) => line.slice(17));
}

test("Deepgram's client and Ringwright are told the same by one server", async () => {
  const server = await startDeepgram(await freePort());
  try {
    const client = new DeepgramClient({ apiKey: 'dg-key', environment: { base: server.url, production: server.url, agent: server.url } });
    const socket = await client.listen.v1.connect({ model: 'nova-3', encoding: 'linear16', sample_rate: rate, interim_results: 'true', reconnectAttempts: 0 });
    const told = [];
    const ended = new Promise((resolve, reject) => {
      socket.on('message', (message) => told.push(message));
      socket.on('close', resolve);
      socket.on('error', reject);
    });
    socket.connect();
    await socket.waitForOpen();
    for (const portion of portions) socket.sendMedia(portion.buffer);
    socket.sendCloseStream({ type: 'CloseStream' });
    await ended;
    assert.deepEqual(told.map((message) => message.type), ['Results', 'Results', 'Metadata']);
    assert.deepEqual(told.slice(0, 2).map((message) => [message.channel.alternatives[0].transcript, message.is_final]), [['another big', false], ['Another big problem', true]]);

    assert.deepEqual(await recognise('--deepgram-url', server.url, '--deepgram-key', 'dg-key'), ['interim  another big', 'final    Another big problem']);
    const [theirs, ours] = server.sessions;
    assert.equal(theirs.path, '/v1/listen');
    assert.deepEqual([ours.path, ours.key], [theirs.path, theirs.key]);
    for (const [name, value] of Object.entries(theirs.query)) assert.equal(ours.query[name], value, name);
    assert.deepEqual(ours.texts, theirs.texts);
    // The second of silence that the command adds.
    assert.equal(ours.bytes, theirs.bytes + 2 * rate);
  } finally {
    await server.stop();
  }
});

/** AssemblyAI's client speaks TLS only; a loopback port of this test has none. */
class LocalTranscriber extends StreamingTranscriber {
  connectionUrl() {
    const url = super.connectionUrl();
    url.protocol = 'ws:';
    return url;
  }
}

test("AssemblyAI's client and Ringwright are told the same by one server", async () => {
  const server = await startAssemblyAi(await freePort());
  try {
    const client = new LocalTranscriber({ websocketBaseUrl: `${server.url.replace('ws:', 'wss:')}/v3/ws`, apiKey: 'aai-key', sampleRate: rate, encoding: 'pcm_s16le', formatTurns: true, speechModel: 'universal-streaming-english' });
    const turns = [];
    client.on('turn', (turn) => turns.push([turn.transcript, turn.end_of_turn, turn.turn_is_formatted]));
    client.on('error', (error) => assert.fail(error));
    assert.equal((await client.connect()).id, 'de5d9927-73a6-4be8-b52d-b4c07be37e6b');
    for (const portion of portions) client.sendAudio(portion.buffer);
    await client.close();
    assert.deepEqual(turns, [['hi', false, false], ['hi my name is sonny', true, false], ['Hi, my name is Sonny.', true, true]]);

    assert.deepEqual(await recognise('--assemblyai-url', server.url, '--assemblyai-key', 'aai-key'), ['interim  hi', 'final    Hi, my name is Sonny.']);
    const [theirs, ours] = server.sessions;
    assert.deepEqual([ours.path, ours.key], [theirs.path, theirs.key]);
    for (const [name, value] of Object.entries(theirs.query)) assert.equal(ours.query[name], value, name);
    assert.deepEqual(ours.texts, theirs.texts);
    assert.equal(ours.bytes, theirs.bytes + 2 * rate);
  } finally {
    await server.stop();
  }
});
