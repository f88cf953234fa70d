// Telefonie's calls, each document of them against the seed's own JSON Schema by a validator of others: calls to people of the lab, polled every 100 ms.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { deep, isAll, rows } from './depth.js';
import { startNode } from './node.js';

const from = '+15550100000';
const statuses = ['queued', 'ringing', 'in-progress', 'completed', 'failed', 'busy', 'no-answer', 'canceled'];
const words = { type: 'string' };
// As the seed publishes it, without its descriptions.
const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://developers.telefonie.com/schema/call',
  type: 'object',
  required: ['id', 'status', 'direction', 'from', 'to'],
  properties: {
    id: words,
    status: { type: 'string', enum: statuses },
    direction: { type: 'string', enum: ['inbound', 'outbound'] },
    from: { type: 'string', pattern: '^\\+[1-9]\\d{1,14}$' },
    to: { type: 'string', pattern: '^\\+[1-9]\\d{1,14}$' },
    duration: { type: 'integer', minimum: 0 },
    start_time: { type: 'string', format: 'date-time' },
    end_time: { type: 'string', format: 'date-time' },
    price: words,
    price_unit: { type: 'string', minLength: 3, maxLength: 3 },
    recording_url: { type: 'string', format: 'uri' },
    url: { type: 'string', format: 'uri' },
    status_callback: { type: 'string', format: 'uri' },
    answered_by: { type: 'string', enum: ['human', 'machine', 'unknown'] },
  },
};
const ajv = addFormats(new Ajv({ allErrors: true }));
const fits = ajv.compile(schema);

let node, api, hooks, server, looked = 0;

/** Throws where the document is none of the seed's. */
function look(call) {
  looked++;
  assert.ok(fits(call), `${JSON.stringify(call)}: ${ajv.errorsText(fits.errors)}`);
  return call;
}

async function ask(method, path, body, key = node.key) {
  const answer = await fetch(`${api}${path}`, {
    method, redirect: 'manual', headers: { 'X-API-Key': key, ...(body && { 'content-type': 'application/json' }) }, ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text && JSON.parse(text) };
}

/** Answered seconds by the call's own times, rounded up: what both show has microseconds. */
const talked = (call) => Math.ceil((micros(call.end_time) - micros(call.start_time)) / 1_000_000);
const micros = (time) => Date.parse(`${time.slice(0, 19)}Z`) * 1_000 + Number(time.slice(20, 26));

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const place = async (to, more = {}) => {
  const made = await ask('POST', '/voice/calls', { to, from, status_callback: hooks.url, ...more });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return look(made.body);
};

const read = async (id) => look((await ask('GET', `/voice/calls/${id}`)).body);

/** Follows a call until its status is one of these. */
async function follow(id, until, seen = [], seconds = 60) {
  for (const deadline = Date.now() + seconds * 1_000; Date.now() < deadline; await pause(100)) {
    const call = await read(id);
    if (seen.at(-1) !== call.status) seen.push(call.status);
    if (until.includes(call.status)) return call;
  }
  throw new Error(`call ${id} is ${seen} and not ${until}`);
}

before(async () => {
  node = await startNode('--api-rate', '1000');
  api = node.api.replace('/v2', '/telefonie/v1');
  const taken = [];
  server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      taken.push({ ...JSON.parse(Buffer.concat(chunks).toString('utf8')), headers: request.headers });
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  hooks = { taken, url: `http://127.0.0.1:${server.address().port}/hook`, of: (id) => taken.filter((told) => told.call.id === id) };
});

after(async () => {
  server?.closeAllConnections();
  server?.close();
  await node?.stop();
});

const live = ['queued', 'ringing', 'in-progress'], ends = statuses.filter((status) => !live.includes(status));

// Answers and sends its BYE in one breath.
const hasty = '+15550090401';

// Whom they call, what becomes of it, and what is done while it rings or talks. In the gate one of each end, one of each that answers.
const chosen = rows([
  ['+15550000002', 'completed', { ends: 'completed', more: { record: true } }], ['+15550000003', 'completed', { ends: 'completed', more: { machine_detection: true } }],
  ['+15550010004', 'completed', { ends: 'completed', more: { machine_detection: true } }], ['+15550020005', 'busy'], ['+15550030007', 'no-answer', { more: { timeout: 2 } }],
  ['+15550030009', 'canceled', { ends: 'canceled' }], ['+15550040011', 'failed'],
], [
  ['+15550000001', 'completed', { ends: 'completed' }], ['+15550020006', 'busy'], ['+15550030008', 'no-answer', { more: { timeout: 3 } }],
  ['+15550030010', 'canceled', { ends: 'canceled' }], ['+15550040012', 'failed'], ['+15550050013', 'failed'], ['+15550050014', 'failed'],
  ['+15550090003', 'completed'], ['+15550090002', 'completed', { more: { record: true } }], [hasty, 'completed'], ['+15550060018', 'completed', { ends: 'completed' }],
  ['+15550080019', 'completed', { ends: 'completed' }], ['+15550090320', 'completed', { ends: 'completed' }],
]);
const title = isAll ? 'twenty calls of all ends fit the schema at every moment, and are told of in order' : 'seven calls of all ends fit the schema, and are told of in order';

test(title, { timeout: 280_000 }, async () => {
  const calls = await Promise.all(chosen.map(async ([to, end, { ends: how, more } = {}], at) => {
    await pause(at * 50);
    const { id } = await place(to, more), seen = [];
    if (how) {
      await follow(id, how === 'canceled' ? ['ringing'] : ['in-progress'], seen);
      // Detection has its say first, which a busy machine hears late.
      const awaits = async () => more?.machine_detection && !('answered_by' in await read(id));
      for (let i = 0; i < (more ? 60 : 10) || (i < 300 && await awaits()); i++) { await pause(100); await read(id); }
      const done = await ask('POST', `/voice/calls/${id}`, { status: how });
      assert.equal(done.status, 200, JSON.stringify(done.body));
      look(done.body);
    }
    const over = await follow(id, ends, seen);
    assert.equal(over.status, end, `${to}: ${JSON.stringify(over)}`);
    assert.deepEqual(seen, statuses.filter((status) => seen.includes(status)), 'never back');
    // A busy machine takes its time to save what was recorded, and to tell of the end.
    const lacks = async () => (more?.record && !('recording_url' in await read(id))) || !hooks.of(id).some((told) => ends.includes(told.call.status));
    for (let i = 0; i < 20 || (i < 300 && await lacks()); i++) { await pause(100); await read(id); }
    return read(id);
  }));
  for (const [at, call] of calls.entries()) {
    const [to, end, { more } = {}] = chosen[at];
    assert.equal(call.to, to);
    assert.equal('start_time' in call, end === 'completed', JSON.stringify(call));
    assert.equal(call.duration, end === 'completed' ? talked(call) : 0, JSON.stringify(call));
    // Who hangs up behind his answer may do both at one moment of a busy node's: its turns have one time each.
    assert.equal(call.duration > 0, end === 'completed' && (to !== hasty || call.start_time !== call.end_time), JSON.stringify(call));
    assert.equal('recording_url' in call, more?.record === true, JSON.stringify(call));
    assert.equal('sip_code' in call, end === 'failed');
    assert.equal(call.answered_by, more?.machine_detection && { '+15550000003': 'human', '+15550010004': 'machine' }[to]);
    const told = hooks.of(call.id);
    assert.equal(told.at(-1).call.status, end);
    for (const [i, one] of told.entries()) {
      look(one.call);
      assert.equal(one.event, 'call.status');
      if (i > 0) assert.ok(one.sequence > told[i - 1].sequence);
    }
    const { recording_url, ...rest } = call;
    assert.deepEqual(told.at(-1).call, rest);
  }
  assert.deepEqual(new Set(calls.map((call) => call.status)), new Set(ends));
  const page = (await ask('GET', '/voice/calls?page_size=100')).body;
  assert.equal(page.total, page.calls.length);
  page.calls.forEach(look);
  assert.equal(new Set(page.calls.map((call) => call.id)).size, page.calls.length);
  // So many by the loops above alone, however long each reading of a call takes.
  assert.ok(looked > (isAll ? 750 : 300), `only ${looked} documents were seen`);
});

test('a recording is fetched by the link that its call has, with a key and no other way', async () => {
  const call = (await ask('GET', `/voice/calls?to=${encodeURIComponent('+15550000002')}`)).body.calls[0];
  assert.equal((await fetch(call.recording_url)).status, 401);
  const led = await fetch(call.recording_url, { headers: { 'X-API-Key': node.key }, redirect: 'manual' });
  assert.equal(led.status, 302);
  const sound = Buffer.from(await (await fetch(led.headers.get('location'))).arrayBuffer());
  assert.equal(sound.subarray(0, 4).toString('latin1'), 'RIFF');
  assert.ok(sound.length > 16_000, `${sound.length} bytes`);
  const id = call.recording_url.split('/').at(-2);
  const { recordings, total } = (await ask('GET', `/recordings/recordings?call_id=${call.id}`)).body;
  assert.deepEqual([total, recordings[0].id, recordings[0].media_url], [1, id, call.recording_url]);
  assert.equal((await ask('DELETE', `/recordings/recordings/${id}`)).status, 204);
  assert.equal((await fetch(call.recording_url, { headers: { 'X-API-Key': node.key } })).status, 404);
  assert.equal('recording_url' in (await read(call.id)), false);
});

/** Numbers below a bound, the same in every run. */
function dice(state) {
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

// Who talks until somebody hangs up, who refuses or is not there, and who lets it ring; whoever ends by himself has a number that says when.
const people = ['+1555000', '+1555001', '+1555002', '+1555003', '+1555004', '+1555005', '+1555006', '+1555008'], talkers = ['+15550090001', '+15550090003'];

deep('the gate looks at seven calls', 'two hundred calls at random fit the schema at every moment', { timeout: 900_000 }, async () => {
  const roll = dice(44), before = looked;
  const plans = Array.from({ length: 200 }, (_, n) => ({
    to: roll(9) === 0 ? talkers[roll(2)] : `${people[roll(people.length)]}${String(1_000 + n)}`,
    more: { ...(roll(3) === 0 && { record: true }), ...(roll(3) === 0 && { machine_detection: true }), timeout: 2 + roll(5) },
    // What is asked of it, and how many looks behind its begin; it may be too early or too late for that.
    act: ['canceled', 'completed', 'DELETE', undefined][roll(4)], at: 2 + roll(40),
  }));
  const over = [];
  await Promise.all(Array.from({ length: 16 }, async () => {
    for (let plan = plans.shift(); plan; plan = plans.shift()) over.push(await lived(plan));
  }));

  async function lived({ to, more, act, at }) {
    const { id } = await place(to, more), seen = [];
    let call;
    for (let looks = 0; ; looks++) {
      call = await read(id);
      if (seen.at(-1) !== call.status) seen.push(call.status);
      if (ends.includes(call.status)) break;
      if (looks === at && act && act !== 'DELETE') {
        const done = await ask('POST', `/voice/calls/${id}`, { status: act });
        assert.ok([200, 409].includes(done.status), JSON.stringify(done.body));
        if (done.status === 200) look(done.body);
        else assert.equal(done.body.error.code, 'invalid_state');
      }
      // Whoever talks on and on is hung up on in the end.
      if ((looks === at && act === 'DELETE') || looks === 100) assert.equal((await ask('DELETE', `/voice/calls/${id}`)).status, 204);
      assert.ok(looks < 600, `${to}: ${JSON.stringify(call)} goes on`);
      await pause(100);
    }
    assert.deepEqual(seen, statuses.filter((status) => seen.includes(status)), 'never back');
    const lacks = async () => (more.record && call.start_time && !('recording_url' in await read(id))) || !hooks.of(id).some((told) => ends.includes(told.call.status));
    for (let i = 0; i < 300 && await lacks(); i++) await pause(100);
    call = await read(id);
    assert.equal(call.status, seen.at(-1));
    assert.equal(call.duration, call.start_time ? talked(call) : 0, JSON.stringify(call));
    assert.equal('start_time' in call, call.status === 'completed', JSON.stringify(call));
    assert.equal('sip_code' in call, call.status === 'failed', JSON.stringify(call));
    if (!call.start_time) for (const none of ['answered_by', 'recording_url', 'price', 'price_unit']) assert.equal(none in call, false, JSON.stringify(call));
    const told = hooks.of(id);
    told.forEach((one) => look(one.call));
    assert.deepEqual(told.map((one) => one.sequence), told.map((one) => one.sequence).sort((a, b) => a - b));
    assert.equal(told.at(-1).call.status, call.status);
    return call;
  }

  assert.equal(new Set(over.map((call) => call.id)).size, 200);
  assert.deepEqual(new Set(over.map((call) => call.status)), new Set(ends));
  for (let page = 1, left = 200; left > 0; page++) {
    const { calls } = (await ask('GET', `/voice/calls?page_size=100&page=${page}`)).body;
    calls.forEach(look);
    left -= calls.length;
    assert.ok(calls.length > 0, 'each call is on some page');
  }
  // A reading at least, a callback of the end and a row of the list for each.
  assert.ok(looked - before > 200 * 5, `only ${looked - before} documents were seen`);
});

deep('the gate kills a node with a hundred calls, and has calls of all ends in the test of seven',
  'a call that was up when its node was killed is completed, and one that rang is not', { timeout: 120_000 }, async () => {
  const talks = await place('+15550000021'), rings = await place('+15550030022', { timeout: 120 });
  const began = await follow(talks.id, ['in-progress']);
  await follow(rings.id, ['ringing']);
  await pause(3_000);
  await node.kill();
  const killed = Date.now();
  await pause(3_000);
  await node.start();
  const over = await follow(talks.id, ends), gone = await follow(rings.id, ends);
  assert.equal(over.status, 'completed');
  assert.equal(over.start_time, began.start_time);
  assert.ok(Date.parse(over.end_time) <= killed + 500, `${over.end_time} is behind the kill`);
  assert.equal(over.duration, talked(over));
  assert.ok(['failed', 'no-answer'].includes(gone.status), gone.status);
  assert.equal('start_time' in gone, false);
  for (const [call, end] of [[talks, over], [rings, gone]]) {
    for (let i = 0; i < 100 && !hooks.of(call.id).some((told) => told.sequence === 4); i++) await pause(100);
    const last = hooks.of(call.id).filter((told) => told.sequence === 4);
    assert.equal(last.length, 1);
    assert.deepEqual(look(last[0].call), end);
  }
});
