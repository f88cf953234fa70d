// A model that hears and speaks has the call: its audio goes there frame by frame, and what the model says comes back. The messages to the model are those of
// OpenAI's Realtime API, which takes a call's PCMU as it is.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import WebSocket, { WebSocketServer } from 'ws';
import { openLine } from './line.js';

const {
  MODEL_URL: model = 'wss://api.openai.com/v1/realtime?model=gpt-realtime', MODEL_KEY: key = '',
  INSTRUCTIONS: instructions = 'You answer the phone of a small shop. Be brief. It is open from nine to five.',
} = process.env;
const token = randomBytes(24).toString('base64url');     // so that nobody else's audio is taken

const line = await openLine('ai-voice', '+15550100005', async ({ type, payload }, calls) => {
  const call = payload.call_control_id;
  if (type === 'call.initiated' && payload.direction === 'incoming') {
    await calls.answer(call, {
      stream_url: line.address.replace(/^http/, 'ws'), stream_track: 'inbound_track', stream_codec: 'PCMU',
      stream_bidirectional_mode: 'rtp', stream_bidirectional_codec: 'PCMU', stream_auth_token: token,
    });
  }
  // Without the model nobody would say a word.
  if (type === 'streaming.stopped' || type === 'streaming.failed') await calls.hangup(call, {});
  if (type === 'call.hangup') console.log(`${payload.from} to ${payload.to} is over: ${payload.hangup_cause}`);
});

const isOurs = ({ req }) => {
  const given = Buffer.from(req.headers['x-telnyx-streaming-auth-token'] ?? ''), wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};

const pcmu = { format: { type: 'audio/pcmu' } };
const session = { type: 'realtime', instructions, audio: { input: { ...pcmu, turn_detection: { type: 'server_vad' } }, output: pcmu } };

new WebSocketServer({ server: line.server, verifyClient: isOurs, maxPayload: 65_536 }).on('connection', (caller) => {
  const mind = new WebSocket(model, key ? { headers: { authorization: `Bearer ${key}` } } : {});
  const tell = (socket, message) => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message)); };
  for (const [socket, other] of [[caller, mind], [mind, caller]]) {
    socket.on('error', (error) => console.error(`the talk broke: ${error.message}`));
    socket.on('close', () => other.close());
  }
  mind.on('open', () => tell(mind, { type: 'session.update', session }));
  mind.on('message', (text) => {
    const { type, delta, error } = JSON.parse(text);
    if (type === 'response.output_audio.delta') tell(caller, { event: 'media', media: { payload: delta } });
    if (type === 'input_audio_buffer.speech_started') tell(caller, { event: 'clear' });      // what still waits to be said is old
    if (type === 'error') console.error(`the model: ${error.message}`);
  });
  caller.on('message', (text) => {
    const { event, media } = JSON.parse(text);
    if (event === 'media' && media.track === 'inbound') tell(mind, { type: 'input_audio_buffer.append', audio: media.payload });
  });
});
