'use strict';

const call = document.getElementById('call'), hangUp = document.getElementById('hang-up'), state = document.getElementById('state');
const keys = [...document.querySelectorAll('#keys button')];
let socket = null, sound = null, microphone = null;

function show(text, isCalling, isAnswered) {
  state.textContent = text;
  call.disabled = isCalling;
  hangUp.disabled = socket === null;
  for (const key of keys) key.disabled = !isAnswered;
}

function end(text) {
  microphone?.getTracks().forEach(track => track.stop());
  sound?.close();
  socket = sound = microphone = null;
  show(text, false, false);
}

async function begin() {
  show('Asking for the microphone.', true, false);
  // Only where the page is safe from others on the way does a browser give a microphone: by https, or on this machine.
  if (!navigator.mediaDevices) return end('This browser gives no microphone here: open the page by https, or on the machine itself.');
  try {
    microphone = await navigator.mediaDevices.getUserMedia(
      { audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
    sound = new AudioContext();
    await sound.audioWorklet.addModule('../try-audio.js');
    await sound.resume();
  } catch (failed) {
    return end(`There is no sound: ${failed.message}`);
  }
  const ear = new AudioWorkletNode(sound, 'microphone', { numberOfOutputs: 0 });
  const speaker = new AudioWorkletNode(sound, 'speaker', { numberOfInputs: 0, outputChannelCount: [1] });
  sound.createMediaStreamSource(microphone).connect(ear);
  speaker.connect(sound.destination);

  const own = socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${location.pathname}/call`);
  own.binaryType = 'arraybuffer';
  show('Calling.', true, false);
  let isOpen = false;
  own.onopen = () => { isOpen = true; };
  own.onmessage = message => {
    if (typeof message.data === 'string') show('Connected: speak.', true, true);
    else speaker.port.postMessage(message.data, [message.data]);
  };
  own.onclose = closed => {
    if (own !== socket) return;
    end(isOpen ? `The call has ended${closed.reason ? `: ${closed.reason}` : ''}.`
      : 'The call was refused: the line is busy, or this page is no longer good.');
  };
  ear.port.onmessage = message => {
    // What waits in the socket would be heard too late.
    if (own.readyState === WebSocket.OPEN && own.bufferedAmount < 32000) own.send(message.data);
  };
}

call.onclick = begin;
hangUp.onclick = () => {
  socket?.close();
  end('The call has ended.');
};
for (const key of keys) key.onclick = () => socket?.send(key.textContent);
