// depth: all, Debian's gateway of texts is installed for it; the gate has npm's client at the same message centre
// Kannel, a gateway of texts of others, has the lab's message centre as its carrier: what it sends, which receipts it sees, and which answers come.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, program } from './node.js';

const boxes = '/usr/sbin', own = '15550100000';
const missing = process.env.REQUIRE_TOOLS !== 'all' && !has(join(boxes, 'bearerbox')) && 'kannel is not installed';
const started = [], told = [];
let folder, server, send, admin;

function has(file) {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}

function start(name, ...line) {
  const child = spawn(name, line, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (child.output += text));
  started.push(child);
  return child;
}

async function until(what, probe) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`in vain: ${what}; told were ${JSON.stringify(told)}\n${started.map((one) => one.output.slice(-2_000)).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Kannel writes a text as the octets that it got. */
function asTold(path) {
  const url = new URL(path, 'http://localhost');
  if (url.searchParams.get('charset') === 'UTF-16BE') {
    const octets = path.slice(path.indexOf('&text=') + 6).replaceAll('+', ' ').replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    url.searchParams.set('text', Buffer.from(octets, 'latin1').swap16().toString('utf16le'));
  }
  return url;
}

/** Has Kannel send it. @param {string} id by which its receipts are told */
async function sends(id, to, text, more = {}) {
  const receipts = `http://127.0.0.1:${server.address().port}/receipt?id=${id}&type=%d&said=%A`;
  const query = new URLSearchParams({ username: 'app', password: 'of-app', from: own, to, text, 'dlr-mask': '31', 'dlr-url': receipts, ...more });
  const answer = await fetch(`${send}/cgi-bin/sendsms?${query}`);
  assert.equal(answer.status, 202, await answer.text());
}

const isTold = (what, path, fits) => until(what, () => told.find((url) => url.pathname === path && fits(Object.fromEntries(url.searchParams))));

before(async () => {
  if (missing) return;
  server = createServer((request, response) => {
    told.push(asTold(request.url));
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder = await mkdtemp(join(tmpdir(), 'ringwright-kannel-'));
  const [centre, core, inner, outer] = [await freePort(), await freePort(), await freePort(), await freePort()];
  await writeFile(join(folder, 'kannel.conf'), `group = core
admin-port = ${core}
admin-interface = 127.0.0.1
admin-password = of-admin
smsbox-port = ${inner}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
sms-resend-freq = 1

group = smsc
smsc = smpp
smsc-id = lab
host = 127.0.0.1
port = ${centre}
smsc-username = acme
smsc-password = none
system-type = gateway
transceiver-mode = true
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1
enquire-link-interval = 2
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${outer}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = app
password = of-app
concatenation = true
max-messages = 9

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "http://127.0.0.1:${server.address().port}/text?from=%p&to=%P&charset=%C&text=%a"
`);
  const lab = start('dotnet', program, 'lab', 'smsc', '--listen', `127.0.0.1:${centre}`, '--system-id', 'acme');
  await until('the centre listens', () => lab.output.includes('SMPP 3.4'));
  [send, admin] = [`http://127.0.0.1:${outer}`, `http://127.0.0.1:${core}`];
  start(join(boxes, 'bearerbox'), join(folder, 'kannel.conf'));
  await until('its carrier is there', () => fetch(`${admin}/status.txt?password=of-admin`).then(async (page) => (await page.text()).includes('(online'), () => false));
  start(join(boxes, 'smsbox'), join(folder, 'kannel.conf'));
  await until('its door is open', () => fetch(send).then(() => true, () => false));
});

after(async () => {
  for (const child of started.reverse()) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  server?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('a text reaches somebody, its receipt is seen, and the answer comes', { skip: missing }, async () => {
  await sends('one', '+15550000007', 'Are you there?');
  await isTold('it was taken', '/receipt', (query) => query.id === 'one' && query.type === '8');
  await isTold('it was delivered', '/receipt', (query) => query.id === 'one' && query.type === '1');
  await isTold('the answer', '/text', (query) => query.from === '+15550000007' && query.text === 'Yes.');
});

test('a long text that it cuts is one text to whoever gets it', { skip: missing }, async () => {
  const text = 'From the start, all of it and nothing else, word by word, '.repeat(5) + 'to the end.';
  await sends('long', '+15550080000', text);
  const parts = await until('the echo of all parts', () => {
    const come = told.filter((url) => url.pathname === '/text' && url.searchParams.get('from') === '+15550080000');
    return come.map((url) => url.searchParams.get('text')).join('').length >= text.length && come;
  });
  assert.equal(parts.length, 1, parts.map((url) => url.searchParams.get('text')).join('|'));
  assert.equal(parts[0].searchParams.get('text'), text);
});

test('another script comes back as it went', { skip: missing }, async () => {
  await sends('script', '+15550080001', 'Добрый день', { coding: '2', charset: 'UTF-8' });
  await isTold('the echo', '/text', (query) => query.from === '+15550080001' && query.text === 'Добрый день');
});

test('a number of nobody is refused, and a full queue is tried again', { skip: missing }, async () => {
  await sends('nobody', '+15550050000', 'Hello?');
  await isTold('it was refused', '/receipt', (query) => query.id === 'nobody' && query.type === '16');
  await sends('busy', '+15550020000', 'Hello?');
  await isTold('it was taken at last', '/receipt', (query) => query.id === 'busy' && query.type === '8');
});
