// What the types of the newest SDK know stands in contracts/telnyx/parameters.tsv: it acts, is stored, or is refused; nothing is dropped in silence.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parametersOf } from './types.js';

function rows(file) {
  const text = readFileSync(new URL(`../../../contracts/telnyx/${file}`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line && !line.startsWith('#')).slice(1).map((line) => line.split('\t'));
}

test('every parameter of the newest SDK has its row', () => {
  const paths = new Map(rows('operations.tsv').map(([, method, path, operation]) => [operation, `${method} ${path.replace(/\{[^}]*\}/g, '{}')}`]));
  const known = parametersOf('telnyx');
  const said = grouped(rows('parameters.tsv'));
  const unsaid = [], stray = [];
  let count = 0;
  for (const [operation, own] of said) {
    const of = known.get(paths.get(operation));
    if (!of) continue;
    const names = new Map(own.map(([, name, where, effect]) => [`${where} ${name}`, effect]));
    for (const { where, name } of of) {
      count++;
      const steps = name.split('/');
      const isInside = where === 'body' && steps.some((_, i) => i > 0 && names.get(`body ${steps.slice(0, i).join('/')}`) === 'refused');
      if (!names.has(`${where} ${name}`) && !isInside) unsaid.push(`${operation} ${where} ${name}`);
    }
    const there = new Set(of.map(({ where, name }) => `${where} ${name}`));
    for (const [, name, where, , , to] of own) if (to === 'sdk' && !there.has(`${where} ${name}`)) stray.push(`${operation} ${where} ${name}`);
  }
  assert.deepEqual(unsaid, [], 'the SDK knows parameters that no row tells of');
  assert.deepEqual(stray, [], 'rows say that the SDK knows what it does not');
  assert.ok(count > 900, `${count} parameters were read`);
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

function grouped(list) {
  const groups = new Map();
  for (const row of list) groups.set(row[0], [...(groups.get(row[0]) ?? []), row]);
  return groups;
}
