// Starts a real Ringwright node with the lab on free loopback ports and a temporary folder, and a web server that takes its webhooks.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** With code made ahead of starts, where the run of all suites has that. */
export const program = process.env.RINGWRIGHT_PROGRAM || join(fileURLToPath(import.meta.url), '../../../../artifacts/bin/Server/release/ringwright.dll');

// Below the ranges that outgoing connections (32768 and up) and audio (16384 and up) take theirs from, so that none of them takes one before the node does.
// And those of softphones' audio apart from them: a softphone takes what it finds, while a node is still starting that is to have it.
// Files that run at once find theirs apart, too (tools/Suites/NodePorts.cs).
const [firstPort, lastPort] = (process.env.RINGWRIGHT_TEST_PORTS ?? '14000-15599').split('-').map(Number);
export const audioPorts = '15600-16383';
let port = firstPort + ((process.pid * 131) % (lastPort - firstPort));

/** A loopback port that is free by TCP and UDP: SIP listens on both. */
export async function freePort() {
  for (let tries = firstPort; tries <= lastPort; tries++) {
    port = port < lastPort ? port + 1 : firstPort;
    if ((await bound(createServer(), (server, done) => server.listen(port, '127.0.0.1', done))) && (await bound(createSocket('udp4'), (socket, done) => socket.bind(port, '127.0.0.1', done)))) return port;
  }
  throw new Error(`no free port between ${firstPort} and ${lastPort}`);
}

/** The first of two in a row that are free. */
export async function freePair() {
  for (;;) {
    const first = await freePort();
    if ((await freePort()) === first + 1) return first;
  }
}

/** Whether the socket can be bound; it is closed again. */
async function bound(socket, bind) {
  const isFree = await new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    bind(socket, () => resolve(true));
  });
  if (isFree) await new Promise((resolve) => socket.close(resolve));
  return isFree;
}

/** The node on which files take turns (lend.js): whoever borrows it leaves it as it is. */
function borrowed(place) {
  const refuse = async () => { throw new Error('this node is borrowed: a file that kills its node is none of those that take turns (tools/Suites/NodeSuite.cs)'); };
  return { ...JSON.parse(place), stop: async () => {}, kill: refuse, start: refuse };
}

/**
 * @param {string[]} flags of `serve`, beside the usual ones
 * @returns {Promise<{api: string, admin: string, key: string, sip: string, stop: () => Promise<void>}>} `sip` is a host and port; `kill` is a power cut, after which `start` starts on what it left in `data`.
 */
export async function startNode(...flags) {
  if (process.env.RINGWRIGHT_LENT_NODE && flags.length === 0) return borrowed(process.env.RINGWRIGHT_LENT_NODE);
  const data = await mkdtemp(join(tmpdir(), 'ringwright-sdk-'));
  const [http, admin, sip] = [await freePort(), await freePort(), await freePort()];
  const key = `KEY${randomBytes(24).toString('hex')}`;
  let child, exited;
  const start = async () => {
    child = spawn('dotnet', [program, 'serve', '--lab', '--check-replies', '--seed', '1', '--http', `127.0.0.1:${http}`, '--admin', `127.0.0.1:${admin}`,
      '--sip', `127.0.0.1:${sip}`, '--data', data, '--api-key', key, '--drain-seconds', '0', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    exited = new Promise((resolve) => child.once('exit', resolve));
    const deadline = Date.now() + 120_000;
    for (;;) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the node did not start:\n${output}`);
      const ready = await fetch(`http://127.0.0.1:${http}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await start();
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(data, { recursive: true, force: true });
  };
  return { api: `http://127.0.0.1:${http}/v2`, admin: `http://127.0.0.1:${admin}/operator/v1`, key, sip: `127.0.0.1:${sip}`, data, stop, kill, start };
}

/** Until a recording of the node's that runs has so many seconds of audio on the disk. @param {number} channels of it */
export async function recorded(node, seconds, channels = 1) {
  const deadline = Date.now() + 30_000, wanted = seconds * channels * 16_000;
  for (let longest = 0; longest < wanted;) {
    if (Date.now() > deadline) throw new Error(`no recording has ${wanted} bytes; the longest has ${longest}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const parts = (await readdir(node.data, { recursive: true })).filter((name) => name.endsWith('.part'));
    longest = Math.max(0, ...await Promise.all(parts.map((name) => stat(join(node.data, name)).then((file) => file.size, () => 0))));
  }
}

/** Takes webhooks and keeps them raw: {body, headers}. `next(type)` resolves with the first one of that event type, past or future. */
export async function startSink() {
  const taken = [];
  const waiters = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const hook = { body: Buffer.concat(chunks).toString('utf8'), headers: request.headers };
      hook.event = JSON.parse(hook.body).data;
      taken.push(hook);
      response.end();
      for (const waiter of waiters.filter((w) => w.matches(hook))) {
        waiters.splice(waiters.indexOf(waiter), 1);
        waiter.resolve(hook);
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const next = (type, milliseconds = 30_000) => new Promise((resolve, reject) => {
    const matches = (hook) => hook.event.event_type === type;
    const seen = taken.find(matches);
    if (seen) return resolve(seen);
    const timer = setTimeout(() => reject(new Error(`no ${type} within ${milliseconds} ms; got ${taken.map((h) => h.event.event_type)}`)), milliseconds);
    waiters.push({ matches, resolve: (hook) => { clearTimeout(timer); resolve(hook); } });
  });
  const stop = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  return { url: `http://127.0.0.1:${server.address().port}/webhooks`, taken, next, stop };
}
