// What each API says of itself, against OpenAPI 3.1's own JSON Schema by a validator of others, which also follows every reference.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startNode } from './node.js';

let node;
before(async () => (node = await startNode()));
after(() => node?.stop());

const described = async (origin, path) => {
  const answer = await fetch(new URL(path, origin));
  assert.equal(answer.status, 200, path);
  return answer.json();
};

test('every root and the operator describe themselves validly', async () => {
  const kinds = [];
  for (const origin of [node.api, node.admin]) {
    const { apis } = await described(origin, '/');
    for (const { root, openapi } of apis) {
      const validator = new Validator();
      const found = await validator.validate(await described(origin, openapi));
      assert.ok(found.valid, `${root}: ${JSON.stringify(found.errors, null, 1)}`);
      assert.equal(validator.version, '3.1', root);
      // A reference that leads nowhere throws.
      validator.resolveRefs();
      kinds.push(root);
    }
  }
  assert.deepEqual(kinds.sort(), ['/2010-04-01', '/api/agency/v1', '/chakra/v1/ext', '/operator/v1', '/telefonie/v1', '/v1.0', '/v2']);
});

test('the validator finds what is wrong', async () => {
  const document = await described(node.api, '/v2/openapi.json');
  document.paths['/calls'].post.parameters = [{ name: 'x', in: 'nowhere' }];
  assert.equal((await new Validator().validate(document)).valid, false);
});
