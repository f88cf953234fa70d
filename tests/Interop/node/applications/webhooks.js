// Takes an application's webhooks: one that the phone company has not signed is refused, the others are handled in the order in which they came.
import { createServer } from 'node:http';

/**
 * @param client of the SDK, with the public key
 * @param port on loopback
 * @param {(type: string, payload: object, id: string) => Promise<void>} handle
 */
export function serve(client, port, handle) {
  let handled = Promise.resolve();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    let event;
    try {
      event = (await client.webhooks.unwrap(Buffer.concat(chunks).toString('utf8'), { headers: request.headers })).data;
    } catch (error) {
      console.error(`refused a webhook: ${error.message}`);
      return response.writeHead(403).end();
    }
    response.end();       // at once: what follows from it takes longer than the sender waits
    handled = handled.then(() => handle(event.event_type, event.payload, event.id)).catch((error) => console.error(`${event.event_type}: ${error.message}`));
  });
  server.listen(port, '127.0.0.1', () => console.log(`listening on ${port}`));
}

/** What is said of a call when it is answered or dialled comes back with each of its events. */
export const stateOf = (state) => Buffer.from(JSON.stringify(state)).toString('base64');

/** What was said of the call that an event is about; nothing of one that has just come in. */
export const readState = (payload) => (payload.client_state ? JSON.parse(Buffer.from(payload.client_state, 'base64').toString('utf8')) : {});
