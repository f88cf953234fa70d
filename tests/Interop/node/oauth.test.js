// A client that knows nothing of this product but the RFCs: discovery, registration, PKCE, refresh, introspection, revocation, and the signatures of tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'openid-client';
import Telnyx from 'telnyx';
import { startNode } from './node.js';

const redirectUri = 'http://127.0.0.1:9/callback';
const options = { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] };
let node, root;

before(async () => {
  node = await startNode();
  root = new URL(new URL(node.api).origin);
});

after(async () => { await node?.stop(); });

/** What the person does in the browser: looks at the page, types the key, presses a button. Resolves with the address that the browser is sent on to. */
async function decide(authorizationUrl, decision) {
  const sent = await fetch(authorizationUrl, { redirect: 'manual' });
  assert.equal(sent.status, 302);
  const address = sent.headers.get('location');
  const page = await (await fetch(address)).text();
  assert.match(page, /Pocket diary/);
  const answered = await fetch(address, { method: 'POST', redirect: 'manual', headers: { origin: root.origin }, body: new URLSearchParams({ key: node.key, decision }) });
  assert.equal(answered.status, 303);
  return new URL(answered.headers.get('location'));
}

/** A program that registers itself, and asks for read and write. */
async function ask(metadata) {
  const config = await oauth.dynamicClientRegistration(root, { client_name: 'Pocket diary', redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token'], ...metadata }, undefined, options);
  const verifier = oauth.randomPKCECodeVerifier(), state = oauth.randomState();
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri, scope: 'read write', state, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  return { config, url, checks: { pkceCodeVerifier: verifier, expectedState: state } };
}

for (const method of ['client_secret_basic', 'client_secret_post', 'none'])
  test(`a program with ${method} registers itself, is allowed to work, refreshes and gives its tokens back`, async () => {
    const { config, url, checks } = await ask({ token_endpoint_auth_method: method });
    const tokens = await oauth.authorizationCodeGrant(config, await decide(url, 'allow'), checks);
    assert.equal(tokens.scope, 'read write');

    const client = new Telnyx({ apiKey: tokens.access_token, baseURL: node.api, maxRetries: 0 });
    assert.ok((await client.phoneNumbers.list()).data.length > 0);
    await assert.rejects(client.oauthGrants.list(), Telnyx.PermissionDeniedError);

    const next = await oauth.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(next.refresh_token, tokens.refresh_token);
    if (method !== 'none') assert.equal((await oauth.tokenIntrospection(config, next.access_token)).active, true);
    await oauth.tokenRevocation(config, next.refresh_token);
    if (method !== 'none') assert.equal((await oauth.tokenIntrospection(config, next.access_token)).active, false);
    await assert.rejects(client.phoneNumbers.list(), Telnyx.AuthenticationError);
    await assert.rejects(oauth.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' });
  });

test('a no comes back as access_denied', async () => {
  const { config, url, checks } = await ask({});
  await assert.rejects(oauth.authorizationCodeGrant(config, await decide(url, 'deny'), checks), { error: 'access_denied' });
});

test('a program of the account gets tokens for itself, and their signatures are good', async () => {
  const account = new Telnyx({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
  const made = (await account.oauthClients.create({ name: 'Night report', client_type: 'confidential', allowed_grant_types: ['client_credentials'], allowed_scopes: ['read'] })).data;
  const config = await oauth.discovery(root, made.client_id, made.client_secret, undefined, options);
  const tokens = await oauth.clientCredentialsGrant(config, { scope: 'read' });

  const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
  const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, { issuer: root.origin, audience: root.origin, typ: 'at+jwt', algorithms: ['ES256'] });
  assert.deepEqual([payload.client_id, payload.scope, protectedHeader.alg], [made.client_id, 'read', 'ES256']);
  await assert.rejects(oauth.clientCredentialsGrant(config, { scope: 'admin' }), { error: 'invalid_scope' });

  const client = new Telnyx({ apiKey: tokens.access_token, baseURL: node.api, maxRetries: 0 });
  assert.ok((await client.phoneNumbers.list()).data.length > 0);
  await account.oauthClients.delete(made.client_id);
  await assert.rejects(client.phoneNumbers.list(), Telnyx.AuthenticationError);
});

test('the SDK reads all of the token server', async () => {
  const account = new Telnyx({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
  const { config, url, checks } = await ask({});
  await oauth.authorizationCodeGrant(config, await decide(url, 'allow'), checks);
  const grants = (await account.oauthGrants.list({ 'page[size]': 100 })).data;
  const grant = grants.find((g) => g.client_id === config.clientMetadata().client_id);
  assert.deepEqual((await account.oauthGrants.retrieve(grant.id)).data.scopes, ['read', 'write']);
  assert.equal((await account.oauthGrants.delete(grant.id)).data.id, grant.id);
  assert.ok((await account.oauth.retrieveJwks()).keys.length > 0);
  assert.equal((await account.wellKnown.retrieveAuthorizationServerMetadata()).issuer, root.origin);
  assert.equal((await account.wellKnown.retrieveProtectedResourceMetadata()).resource, root.origin);
  assert.equal((await account.oauth.introspect({ token: 'nonsense' })).active, false);
});
