// A line with a menu, as the vendor's tutorials build it: 1 waits for an agent, 2 joins the conference line, 3 leaves a message. Whoever calls the agents' number
// talks to who has waited longest. It asks nothing of the API: numbers point to it, and it answers with the SDK's own documents.
import { createServer } from 'node:http';
import twilio from 'twilio';

const { TWILIO_AUTH_TOKEN, MUSIC, PORT = '3000' } = process.env;
const { VoiceResponse } = twilio.twiml;

const pages = {
  '/voice': (response) => {
    const gather = response.gather({ numDigits: 1, action: '/chosen', timeout: 20 });
    gather.play({ loop: 0 }, `${MUSIC}/menu.wav`);
    response.hangup();
  },
  '/chosen': (response, { Digits }) => {
    if (Digits === '1') response.enqueue({ waitUrl: '/wait', action: '/left' }, 'support');
    else if (Digits === '2') response.dial().conference({ beep: 'false' }, 'the line');
    else if (Digits === '3') response.record({ action: '/recorded', maxLength: 30, finishOnKey: '#', timeout: 20, recordingStatusCallback: '/told' });
    else response.redirect('/voice');
  },
  '/wait': (response) => response.play({ loop: 0 }, `${MUSIC}/wait.wav`),
  '/left': (response, { QueueResult }) => { console.log('left', QueueResult); response.hangup(); },
  '/recorded': (response, { RecordingSid }) => { console.log('recorded', RecordingSid); response.hangup(); },
  '/told': (_, { RecordingUrl, RecordingStatus }) => console.log('told', RecordingStatus, RecordingUrl),
  '/agent': (response) => response.dial({ timeout: 20, action: '/done' }).queue('support'),
  '/done': (response, { DialCallStatus }) => { console.log('done', DialCallStatus); response.hangup(); },
};

createServer(async (request, answer) => {
  let body = '';
  for await (const piece of request) body += piece;
  const form = Object.fromEntries(new URLSearchParams(body));
  const url = `http://${request.headers.host}${request.url}`;
  if (!twilio.validateRequest(TWILIO_AUTH_TOKEN, request.headers['x-twilio-signature'], url, form)) return answer.writeHead(403).end();
  const response = new VoiceResponse();
  pages[new URL(url).pathname]?.(response, form);
  answer.setHeader('content-type', 'text/xml').end(response.toString());
}).listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`));
