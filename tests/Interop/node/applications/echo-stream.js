// Sends back what a call says, marks each second, and falls silent when the caller presses the star.
import { WebSocketServer } from 'ws';

export function echoAudio(port, host = '127.0.0.1') {
  const server = new WebSocketServer({ port, host });
  server.on('connection', socket => {
    let frames = 0;
    const send = frame => socket.send(JSON.stringify(frame));
    socket.on('message', text => {
      const frame = JSON.parse(text);
      if (frame.event === 'start') console.log('call', frame.start.call_control_id, frame.start.media_format);
      if (frame.event === 'dtmf' && frame.dtmf.digit === '*') send({ event: 'clear' });
      if (frame.event === 'mark') console.log('played', frame.mark.name);
      if (frame.event === 'error') console.error(frame.payload.code, frame.payload.title, frame.payload.detail);
      if (frame.event !== 'media' || frame.media.track !== 'inbound') return;
      send({ event: 'media', media: { payload: frame.media.payload } });
      if (++frames % 50 === 0) send({ event: 'mark', mark: { name: `second ${frames / 50}` } });
    });
  });
  return server;
}
