// What the types of the newest SDK know stands in contracts/telnyx/parameters.tsv: it acts, is stored, or is refused; nothing is dropped in silence.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { completed, list, unbuilt } from './parameters.js';
import { parametersOf } from './types.js';

test('every parameter of the newest SDK has its row', () => {
  const { text: whole, unsaid, stray, kept, count } = completed(readFileSync(list, 'utf8'), parametersOf('telnyx'));
  assert.ok(count > 900, `${count} parameters were read`);
  assert.deepEqual(kept, [], 'rows say that the SDK knows what it does not, and that it acts');
  if (process.env.RINGWRIGHT_GOLDEN === 'write') writeFileSync(list, whole);
  else assert.deepEqual({ unsaid, stray }, { unsaid: [], stray: [] }, './ringwright golden writes the rows of what only the newest SDK knows');
});

test('a parameter that the SDK has learned is refused by name, with all that is inside of it, and one that it has forgotten goes', () => {
  const plain = parametersOf('telnyx'), known = new Map(plain), { text } = completed(readFileSync(list, 'utf8'), plain);
  const hangup = 'POST /calls/{}/actions/hangup', conference = 'GET /conferences/{}';
  const learned = ['farewell', 'farewell/voice', 'farewell/voice/speed'].map((name) => ({ where: 'body', name }));
  known.set(hangup, [...known.get(hangup), ...learned]);
  const now = completed(text, known);
  const row = `HangupCall\tfarewell\tbody\trefused\t${unbuilt}\tsdk`;
  assert.deepEqual(now.unsaid, [row]);
  assert.deepEqual(now.text.split('\n').filter((line) => line !== row), text.split('\n'), 'all else stays as it is');
  const lines = now.text.split('\n');
  assert.match(lines[lines.indexOf(row) - 1], /^HangupCall\t/);
  assert.deepEqual(completed(now.text, known).unsaid, [], 'once written it is known');
  assert.deepEqual([completed(now.text, plain).text, completed(now.text, plain).stray], [text, [row]]);

  // What acts is somebody's work, and goes by nobody's list.
  const acting = completed(now.text.replace(row, 'HangupCall\tfarewell\tbody\tacts\t-\tsdk'), plain);
  assert.deepEqual([acting.stray, acting.kept], [[], ['HangupCall\tfarewell\tbody\tacts\t-\tsdk']]);

  // The contract knows no parameter of this one.
  assert.ok(!/^RetrieveConference\t.*\tcontract$/m.test(text));
  known.set(conference, [...known.get(conference), { where: 'query', name: 'depth' }]);
  assert.ok(completed(text, known).unsaid.includes(`RetrieveConference\tdepth\tquery\trefused\t${unbuilt}\tsdk`));
});

test('names of parameters are read through references, unions, lists and renames', () => {
  const known = parametersOf('telnyx');
  const has = (id, where, name) => known.get(id).some((p) => p.where === where && p.name === name);
  assert.ok(has('POST /calls/{}/actions/hangup', 'body', 'custom_headers/name'));
  assert.ok(has('POST /calls/{}/actions/bridge', 'body', 'call_control_id'), 'the SDK has another name for it');
  assert.ok(has('GET /phone_numbers', 'query', 'filter[phone_number]'));
  assert.ok(has('GET /phone_numbers', 'query', 'page[size]'), 'from the type that it extends');
  assert.ok(has('GET /bundle_pricing/billing_bundles', 'header', 'authorization_bearer'));
  assert.ok(!has('POST /calls/{}/actions/bridge', 'body', 'call_control_id_to_bridge_with'));
});
