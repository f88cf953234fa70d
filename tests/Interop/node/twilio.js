// The TwiML API of a node for the vendor's SDK: the one change is the request client, which is the SDK's own way to send requests elsewhere.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { program } from './node.js';

const run = promisify(execFile);

/** @returns a client whose requests go to the node. */
export function clientOf(Twilio, origin, user, password, options = {}) {
  class Here extends Twilio.RequestClient {
    request(options) {
      return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', origin) });
    }
  }
  return Twilio(user, password, { httpClient: new Here(), ...options });
}

/** What a command of the operator's prints as JSON. */
export async function operate(node, ...command) {
  const { stdout } = await run('dotnet', [program, ...command, '--json', '--data', node.data]);
  return JSON.parse(stdout);
}

export async function until(what, isSo, milliseconds = 30_000) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const found = await isSo();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not so in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Takes forms and answers with documents: `pages` has one for each path. `taken` has each request as {path, url, method, form, signature}. */
export async function startWeb(pages) {
  const taken = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const url = `http://${request.headers.host}${request.url}`, path = new URL(url).pathname;
    const form = Object.fromEntries(new URLSearchParams(request.method === 'POST' ? body : new URL(url).search));
    taken.push({ path, url, method: request.method, form, signature: request.headers['x-twilio-signature'] });
    const page = pages[path]?.(form);
    if (page?.location) response.writeHead(302, { location: page.location }).end();
    else if (Buffer.isBuffer(page)) response.setHeader('content-type', 'audio/wav').end(page);
    else response.setHeader('content-type', 'text/xml').end(page ?? '<Response/>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const next = (path, fits = () => true) => until(`${path} is asked; asked were ${taken.map((one) => one.path)}`, () => taken.find((one) => one.path === path && fits(one.form)));
  const stop = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  return { url: `http://127.0.0.1:${server.address().port}`, taken, next, stop };
}
