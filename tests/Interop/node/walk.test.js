// Two versions of the vendor's own SDK call every operation that is there and that they know, with requests that the contract's tests arrange, and read every answer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import Telnyx from 'telnyx';
import { startArranger } from './arrange.js';
import { ofAll, rows } from './depth.js';
import { methodsOf } from './methods.js';

const Telnyx3 = await ofAll('telnyx-3');

/** Enough to see that the pages end. */
const mostItems = 1_000;

let arranger;

before(async () => { arranger = await startArranger(); });

after(async () => { await arranger?.stop(); });

/** `filter[status]=active` as the SDK takes it: `{ filter: { status: 'active' } }`. */
function nested(query) {
  const root = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const steps = name.split(/[[\]]+/).filter(Boolean);
    let at = root;
    for (const step of steps.slice(0, -1)) at = at[step] ??= {};
    at[steps.at(-1)] = value;
  }
  return root;
}

/** The arguments of an SDK's method for an arranged request. */
function argumentsFor(method, ask) {
  const body = ask.body && { ...ask.body };
  for (const [field, file] of Object.entries(ask.files ?? {}))
    body[field] = new File([Buffer.from(file.content, 'base64')], file.name, { type: file.type });
  const own = {}, more = { ...nested(ask.query), ...(method.takesBody ? { body } : body) };
  method.placed.forEach((local, index) => {
    if (method.inParams.has(local)) more[method.inParams.get(local)] = ask.path[index];
    else own[local] = ask.path[index];
  });
  return method.parameters.filter((name) => name !== 'options').map((name) => own[name] ?? more);
}

async function call(method, ask) {
  const args = argumentsFor(method, ask);
  if (!method.isPaged) {
    const answer = await method.call(...args);
    if (answer instanceof Response) return void await answer.arrayBuffer();
    if (ask.is_list) assert.ok(Array.isArray(answer.data), `data is a list: ${JSON.stringify(answer)}`);
    return;
  }
  let count = 0;
  for await (const item of method.call(...args)) {      // the SDK turns the pages
    assert.ok(item, 'an item is there');
    if (++count >= mostItems) break;
  }
  assert.ok(count < mostItems, 'the pages end');
}

// In the gate the one that knows the most.
for (const [name, Sdk] of rows([['the newest SDK', Telnyx]], [['SDK 3.5.0', Telnyx3]])) {
  test(`${name} calls each operation that is there and that it knows`, async (t) => {
    const client = new Sdk({ apiKey: arranger.key, baseURL: arranger.api, maxRetries: 0 });
    const { known, unread } = methodsOf(client);
    assert.deepEqual(unread.filter((method) => !method.startsWith('webhooks.')), [], 'each method says what it requests');
    let called = 0;
    for (const operation of await arranger.operations()) {
      const method = known.get(`${operation.method} ${operation.path.replace(/\{[^}]*\}/g, '{}')}`);
      if (!method) continue;
      await t.test(`${operation.id} by ${method.name}`, async () => {
        if (!operation.is_proven) {
          // Nothing arranges it (an invoice needs a month that has ended): the SDK at least reads that it is not there.
          const path = method.placed.map(() => randomUUID());
          // Where it has no id to be asked for (an import needs another service), it reads that what it needs is missing.
          if (path.length > 0) await assert.rejects(call(method, { path, query: '', body: null }), Sdk.NotFoundError);
          else await assert.rejects(call(method, { path, query: '', body: {} }), Sdk.UnprocessableEntityError);
          called++;
          return;
        }
        const small = await arranger.ask(operation.id, false);
        await call(method, small);
        if (small.body) await call(method, await arranger.ask(operation.id, true));
        called++;
      });
    }
    t.diagnostic(`${called} operations`);
    assert.ok(called > 50);
  });
}
