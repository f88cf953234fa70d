// A customer's web server of documents: what it is asked for is kept raw, {page, form, body, headers}, and answered by the page's verbs.
import { createServer } from 'node:http';
import { tone } from './tone.js';

/**
 * @param {Record<string, string | ((form: URLSearchParams) => string)>} pages by their names; one that is no page is a callback, and `440.wav` the sound of 440 Hz
 * @returns `next(page, which)` resolves with the first request for that page that fits, past or future
 */
export async function startDocuments(pages) {
  const taken = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const page = new URL(request.url, 'http://localhost').pathname.slice(1);
    const sound = /^(\d+)\.wav$/.exec(page);
    if (sound) return response.setHeader('content-type', 'audio/wav').end(tone(Number(sound[1]), 20_000));
    const body = Buffer.concat(chunks).toString('utf8'), form = new URLSearchParams(body);
    taken.push({ page, form, body, headers: request.headers });
    const verbs = pages[page];
    response.setHeader('content-type', 'application/xml').end(`<Response>${typeof verbs === 'function' ? verbs(form) : verbs ?? ''}</Response>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const next = async (page, which = () => true) => {
    const deadline = Date.now() + 40_000;
    for (;;) {
      const found = taken.find((one) => one.page === page && which(one.form));
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`no such ${page}; asked was ${taken.map((one) => `${one.page} ${one.body}`).join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const stop = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  return { url: `http://127.0.0.1:${server.address().port}`, pages, taken, next, stop };
}
