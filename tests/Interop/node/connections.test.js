// depth: all, walk.test.js calls each of these operations
// The vendor's own SDK makes, reads, lists, changes and deletes what belongs to SIP connections, and reads every answer without complaint.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Telnyx from 'telnyx';
import { startNode } from './node.js';

let node, client;

before(async () => {
  node = await startNode();
  client = new Telnyx({ apiKey: node.key, baseURL: node.api, maxRetries: 0 });
});

after(async () => { await node?.stop(); });

/** The round of one resource's life. `change` is a body and the field that it sets. */
async function live(resource, body, [patch, field, value]) {
  const made = (await resource.create(body)).data;
  assert.ok(made.id && made.record_type && made.created_at);
  assert.deepEqual((await resource.retrieve(made.id)).data, made);
  const changed = (await resource.update(made.id, patch)).data;
  assert.deepEqual(changed[field], value);
  const listed = [];
  for await (const item of resource.list()) listed.push(item);      // the SDK turns the pages
  assert.deepEqual(listed.find((item) => item.id === made.id), changed);
  assert.equal((await resource.delete(made.id)).data.id, made.id);
  await assert.rejects(resource.retrieve(made.id), Telnyx.NotFoundError);
}

test('connections of each kind live through the SDK', async () => {
  await live(client.credentialConnections, { connection_name: 'phones', user_name: 'sdkphones', password: 'correct-horse', sip_uri_calling_preference: 'internal' },
    [{ connection_name: 'desk phones' }, 'connection_name', 'desk phones']);
  await live(client.ipConnections, { connection_name: 'pbx', outbound: { tech_prefix: '1234' }, inbound: { codecs: ['G711U'] } },
    [{ transport_protocol: 'TLS' }, 'transport_protocol', 'TLS']);
  await live(client.fqdnConnections, { connection_name: 'by name', inbound: { default_routing_method: 'round-robin' } },
    [{ connection_name: 'by name', active: false }, 'active', false]);
});

test('addresses, host names and credentials live through the SDK', async () => {
  const credential = (await client.credentialConnections.create({ connection_name: 'owner', user_name: 'sdkowner', password: 'correct-horse' })).data;
  const ip = (await client.ipConnections.create({ connection_name: 'ip owner' })).data;
  const fqdn = (await client.fqdnConnections.create({ connection_name: 'fqdn owner' })).data;
  await live(client.ips, { ip_address: '203.0.114.9', connection_id: ip.id }, [{ ip_address: '203.0.114.9', port: 5070 }, 'port', 5070]);
  await live(client.fqdns, { fqdn: 'pbx.example.com', dns_record_type: 'a', connection_id: fqdn.id, port: 5060 }, [{ dns_record_type: 'srv' }, 'dns_record_type', 'srv']);
  await live(client.telephonyCredentials, { connection_id: credential.id, name: 'Ada' }, [{ name: 'Ada L.' }, 'name', 'Ada L.']);

  const kinds = [];
  for await (const connection of client.connections.list()) kinds.push(connection.record_type);
  for (const kind of ['call_control_application', 'credential_connection', 'ip_connection', 'fqdn_connection']) assert.ok(kinds.includes(kind), kind);
  assert.equal((await client.connections.retrieve(ip.id)).data.connection_name, 'ip owner');
  const status = (await client.credentialConnections.actions.checkRegistrationStatus(credential.id)).data;
  assert.deepEqual([status.status, status.sip_username], ['Not Registered', 'sdkowner']);
});

test('voice settings of a number change through the SDK', async () => {
  const number = (await client.phoneNumbers.list()).data[0];
  const changed = (await client.phoneNumbers.voice.update(number.id, { call_forwarding: { forwards_to: '+15550071007', forwarding_type: 'always' } })).data;
  assert.equal(changed.call_forwarding.forwards_to, '+15550071007');
  assert.deepEqual((await client.phoneNumbers.voice.retrieve(number.phone_number)).data, changed);
  assert.ok((await client.phoneNumbers.voice.list()).data.some((settings) => settings.id === number.id));
});

test('the SDK raises its own error for a value that is refused', async () => {
  await assert.rejects(client.credentialConnections.create({ connection_name: 'x', user_name: 'a', password: 'correct-horse' }),
    (error) => error instanceof Telnyx.UnprocessableEntityError && error.error.errors[0].source.pointer === '/user_name');
});
