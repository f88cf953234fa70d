// Servers of live recognition in the shape that their vendors publish: the vendor's own client is let in first, and then Ringwright.
import { WebSocketServer } from 'ws';

/** Counts what came and answers with a result for the first second, and one at the end. */
async function start(port, onOpen, onAudio, onText) {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  const sessions = [];
  server.on('connection', (socket, request) => {
    const url = new URL(request.url, 'ws://x');
    const session = { path: url.pathname, query: Object.fromEntries(url.searchParams), key: request.headers.authorization, bytes: 0, messages: [], texts: [] };
    sessions.push(session);
    const send = (frame) => socket.send(JSON.stringify(frame));
    onOpen?.(send);
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        session.bytes += data.length;
        session.messages.push(data.length);
        onAudio(session, send, socket);
      } else {
        session.texts.push(JSON.parse(data));
        onText(session.texts.at(-1), session, send, socket);
      }
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return { sessions, url: `ws://127.0.0.1:${port}`, stop: () => new Promise((resolve) => {
    for (const one of server.clients) one.terminate();
    server.close(resolve);
  }) };
}

const once = (session, what, isDue, does) => {
  if (session[what] || !isDue) return;
  session[what] = true;
  does();
};

// https://developers.deepgram.com/reference/speech-to-text/listen-streaming and https://developers.deepgram.com/docs/close-stream
const results = (transcript, isFinal, start, duration) => ({
  type: 'Results', channel_index: [0, 1], duration, start, is_final: isFinal, speech_final: isFinal,
  channel: { alternatives: [{ transcript, confidence: 0.99366415, words: [] }] },
  metadata: { request_id: 'aaaaaaaa-bbbb-cccc-0000-123456789abc', model_info: { name: 'general-nova-3', version: '2024-12-20.0', arch: 'nova-3' }, model_uuid: 'dddddddd-bbbb-cccc-0000-123456789abc' },
  from_finalize: false,
});

export const startDeepgram = (port) => start(port, undefined,
  (session, send) => once(session, 'interim', session.bytes > 16_000, () => send(results('another big', false, 0, 0.5))),
  (text, session, send, socket) => {
    if (text.type !== 'CloseStream') return;
    send(results('Another big problem', true, 0, session.bytes / 32_000));
    send({ type: 'Metadata', transaction_key: 'deprecated', request_id: '8c8ebea9-dbec-45fa-a035-e4632cb05b5f', sha256: 'e3b0c442', created: '2024-08-29T22:37:55.202Z', duration: session.bytes / 32_000, channels: 1 });
    socket.close(1000);
  });

// https://www.assemblyai.com/docs/streaming/message-sequence; audio of less than 50 ms or more than 1 s in a message ends a session with 3007.
const turn = (transcript, hasEnded, isFormatted) => ({
  turn_order: 0, turn_is_formatted: isFormatted, end_of_turn: hasEnded, transcript, end_of_turn_confidence: 0.5,
  words: [{ start: 1920, end: 2000, text: 'hi', confidence: 0.874618, word_is_final: true }], utterance: '', type: 'Turn',
});

export const startAssemblyAi = (port) => start(port, (send) => send({ type: 'Begin', id: 'de5d9927-73a6-4be8-b52d-b4c07be37e6b', expires_at: 1759796682 }),
  (session, send, socket) => {
    const millis = session.messages.at(-1) / 32;
    if (millis < 50 || millis > 1000) {
      send({ type: 'Error', error_code: 3007, error: 'Input Duration Error' });
      socket.close(3007);
      return;
    }
    once(session, 'interim', session.bytes > 16_000, () => send(turn('hi', false, false)));
  },
  (text, session, send, socket) => {
    if (text.type !== 'Terminate') return;
    send(turn('hi my name is sonny', true, false));
    send(turn('Hi, my name is Sonny.', true, true));
    send({ type: 'Termination', audio_duration_seconds: session.bytes / 32_000, session_duration_seconds: 2 });
    socket.close(1000);
  });
