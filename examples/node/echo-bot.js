// A bot by media streams: it says what it hears, a second later, and falls silent when the caller presses the star. Put a model between the two.
// The node opens a socket to this program and sends frames of 20 ms in their order; what is sent back is said behind what was sent before.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { openLine } from './line.js';

const delay = 50;       // frames
const token = randomBytes(24).toString('base64url');     // so that nobody else's audio is taken

const line = await openLine('echo-bot', '+15550100003', async ({ type, payload }, calls) => {
  if (type === 'call.initiated' && payload.direction === 'incoming') {
    await calls.answer(payload.call_control_id, {
      stream_url: line.address.replace(/^http/, 'ws'), stream_track: 'inbound_track', stream_codec: 'PCMU',
      stream_bidirectional_mode: 'rtp', stream_bidirectional_codec: 'PCMU', stream_auth_token: token,
    });
  }
  if (type.startsWith('streaming.') || type === 'call.hangup') console.log(type, payload.from ?? '');
});

const isOurs = ({ req }) => {
  const given = Buffer.from(req.headers['x-telnyx-streaming-auth-token'] ?? ''), wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};

new WebSocketServer({ server: line.server, verifyClient: isOurs, maxPayload: 65_536 }).on('connection', (socket) => {
  const waiting = [];
  let said = 0;
  const send = (frame) => socket.send(JSON.stringify(frame));
  socket.on('error', (error) => console.error(`the stream broke: ${error.message}`));
  socket.on('message', (text) => {
    const { event, start, media, mark, dtmf, payload } = JSON.parse(text);
    if (event === 'start') console.log(`hears ${start.media_format.encoding} at ${start.media_format.sample_rate} Hz`);
    if (event === 'mark') console.log(`${mark.name} was heard`);
    if (event === 'error') console.error(payload.code, payload.title, payload.detail);
    if (event === 'dtmf' && dtmf.digit === '*') {
      waiting.length = 0;
      send({ event: 'clear' });
    }
    if (event !== 'media' || media.track !== 'inbound' || waiting.push(media.payload) <= delay) return;
    send({ event: 'media', media: { payload: waiting.shift() } });
    if (++said % 50 === 0) send({ event: 'mark', mark: { name: `second ${said / 50}` } });
  });
});
