// Takes the fork of a call: RTP over UDP, what is said and what is heard told apart.
import { createSocket } from 'node:dgram';

export function receiveFork(port, onAudio, host = '127.0.0.1') {
  const socket = createSocket('udp4');
  socket.on('message', packet => {
    if (packet.length < 12 || packet[0] >> 6 !== 2) return; // no RTP
    onAudio({
      track: packet.readUInt32BE(8) % 2 === 0 ? 'inbound' : 'outbound', // what the party says, and what it hears
      codec: { 0: 'PCMU', 8: 'PCMA', 9: 'G722' }[packet[1] & 0x7f],
      sequence: packet.readUInt16BE(2),
      timestamp: packet.readUInt32BE(4),
      payload: packet.subarray(12),
    });
  });
  return new Promise(resolve => socket.bind(port, host, () => resolve(socket)));
}
