// A switchboard by documents. Who calls NUMBER hears the MENU. His keys: 1 waits with MUSIC until an agent takes him, 2 waits with MUSIC until somebody leads
// the conference, 3 leads it (without him it is over for all), 4 leaves a message, which is kept in FOLDER, and ends it by #; 9, for agents, takes whoever has
// waited longest, up to ten seconds. What comes behind is the menu again.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { TelnyxWebhook } from 'telnyx/lib/webhooks';

const { TELNYX_PUBLIC_KEY, MENU, MUSIC, FOLDER, PORT = '3000' } = process.env;
const signatures = new TelnyxWebhook(TELNYX_PUBLIC_KEY);

const menu = `<Gather numDigits="1" timeout="20" action="chosen"><Play loop="0">${MENU}</Play></Gather>`;
const confer = (leads) => `<Dial action="conferred"><Conference startConferenceOnEnter="${leads}" endConferenceOnExit="${leads}" waitUrl="${MUSIC}" beep="false"
  statusCallback="conference" statusCallbackEvent="start end join leave">switchboard</Conference></Dial>`;
const choices = {
  1: `<Enqueue action="served" waitUrl="wait" maxWaitTimeSecs="60">switchboard</Enqueue>`,
  2: confer(false),
  3: confer(true),
  4: '<Record finishOnKey="#" format="wav" channels="single" action="recorded" recordingStatusCallback="saved"/>',
  9: '<Dial timeout="10" action="worked"><Queue>switchboard</Queue></Dial>',
};

/** By their names: the field that they tell by, and the verbs of those that are documents. */
const pages = {
  voice: ['CallStatus', () => menu],
  chosen: ['Digits', (form) => choices[form.get('Digits')] ?? menu],
  wait: ['QueuePosition', () => `<Play>${MUSIC}</Play>`],
  served: ['QueueResult', () => menu],
  conferred: ['DialCallStatus', () => menu],
  recorded: ['RecordingStatus', () => menu],
  worked: ['DialCallStatus', () => menu],
  status: ['CallStatus'],
  conference: ['StatusCallbackEvent'],
  saved: ['RecordingStatus', async (form) => {
    const file = await fetch(form.get('RecordingUrl'));     // good for ten minutes
    await writeFile(join(FOLDER, `${form.get('RecordingSid')}.wav`), Buffer.from(await file.arrayBuffer()));
    return '';
  }],
};
const callbacks = ['status', 'conference', 'saved'];

async function handle(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const page = request.url.slice(1), body = Buffer.concat(chunks).toString('utf8'), form = new URLSearchParams(body);
  if (!pages[page]) return response.writeHead(404).end();
  if (callbacks.includes(page)) {
    try {
      await signatures.verify(body, request.headers);
    } catch (error) {
      console.error(`refused a callback: ${error.message}`);
      return response.writeHead(403).end();
    }
  }
  const [field, answer] = pages[page];
  const verbs = await answer?.(form);
  console.log(page, form.get(field));
  response.setHeader('content-type', 'application/xml').end(`<Response>${verbs ?? ''}</Response>`);
}

createServer((request, response) => handle(request, response).catch((error) => {
  console.error(error.message);
  response.writeHead(400).end();
})).listen(PORT, '127.0.0.1', () => console.log(`listening on ${PORT}`));
