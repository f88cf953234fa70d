// What each example begins with: a number of yours leads to this program, and whatever happens on its calls comes here, signed.
// Without any setting it finds `./ringwright serve --lab --api-key KEYmine` on this machine.
import { createServer } from 'node:http';
import Telnyx from 'telnyx';

const {
  TELNYX_API_KEY: apiKey = 'KEYmine', TELNYX_BASE_URL: baseURL = 'http://127.0.0.1:8080/v2',
  PORT: port = '3000',
  WEBHOOK_URL: address = `http://127.0.0.1:${port}/`,    // where the node reaches this program
} = process.env;

/**
 * @param {string} name of the application, which is made when the account has none of that name
 * @param {string} number of the account; the setting NUMBER goes before it
 * @param {(event: {type: string, payload: object, state: object}, calls: object) => Promise<void>} handle gets a call's events one after another
 */
export async function openLine(name, number, handle) {
  number = process.env.NUMBER ?? number;
  const client = await signedClient();
  const server = createServer((request, response) => take(client, handle, request, response));
  await new Promise((resolve, reject) => server.once('error', reject).listen(Number(port), '127.0.0.1', resolve));
  const connection = await applicationOf(client, name);
  await leadTo(client, number, connection);
  console.log(`${name} listens on ${port} and has ${number}`);
  return { client, server, connection, number, address };
}

/** The key that webhooks are signed with is public: the account's own node says it. */
async function signedClient() {
  const given = process.env.TELNYX_PUBLIC_KEY;
  return new Telnyx({ apiKey, baseURL, publicKey: given ?? await publicKey() });
}

async function publicKey() {
  const answer = await fetch(`${baseURL}/public_key`, { headers: { authorization: `Bearer ${apiKey}` } });
  if (!answer.ok) throw new Error(`${baseURL}/public_key answers ${answer.status}: ${await answer.text()}`);
  return (await answer.json()).data.public;
}

async function applicationOf(client, name) {
  const settings = { application_name: name, webhook_event_url: address };
  for await (const one of client.callControlApplications.list()) {
    if (one.application_name === name) return (await client.callControlApplications.update(one.id, settings)).data.id;
  }
  const profile = (await client.outboundVoiceProfiles.list()).data[0]?.id;       // by which it may call out
  const outbound = profile && { outbound: { outbound_voice_profile_id: profile } };
  return (await client.callControlApplications.create({ ...settings, ...outbound })).data.id;
}

async function leadTo(client, number, connection) {
  const { data } = await client.phoneNumbers.list({ filter: { phone_number: number } });
  const found = data.find((one) => one.phone_number === number);        // the filter finds numbers that begin so, too
  if (!found) throw new Error(`the account has no number ${number}: say one of yours by NUMBER`);
  await client.phoneNumbers.update(found.id, { connection_id: connection });
}

const seen = new Set(), turns = new Map();

async function take(client, handle, request, response) {
  const chunks = [];
  let told, size = 0;
  try {
    for await (const chunk of request) {
      if ((size += chunk.length) > 1_000_000) throw new Error('it is too long');
      chunks.push(chunk);
    }
    told = (await client.webhooks.unwrap(Buffer.concat(chunks).toString('utf8'), { headers: request.headers })).data;
  } catch (error) {
    console.error(`refused a webhook: ${error.message}`);
    return response.writeHead(403).end();
  }
  response.end();       // at once: what follows from it takes longer than the sender waits
  if (seen.has(told.id)) return;        // an answer that was lost on its way has it sent again
  seen.add(told.id);
  if (seen.size > 1_000) seen.delete(seen.values().next().value);        // the oldest
  const { event_type: type, payload } = told, call = payload.call_control_id;
  const handled = () => handle({ type, payload, state: readState(payload) }, client.calls.actions);
  const turn = (turns.get(call) ?? Promise.resolve()).then(handled).catch((error) => tell(type, error));
  turns.set(call, turn);
  if (type === 'call.hangup') turn.then(() => turns.delete(call));
}

/** A call may end while something is asked of it: its call.hangup says the rest. */
function tell(type, error) {
  if (!/\b90018\b/.test(error.message)) console.error(`${type}: ${error.message}`);
}

/** What is said with a command comes back with each event after it: an example remembers nothing of its calls. */
export const stateOf = (state) => Buffer.from(JSON.stringify(state)).toString('base64');

const readState = ({ client_state: state }) => (state ? JSON.parse(Buffer.from(state, 'base64').toString('utf8')) : {});

export const voice = { voice: 'female', language: 'en-US' };
