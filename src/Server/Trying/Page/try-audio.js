'use strict';
// Between the device's rate and the call's: in 20 ms pieces of 16-bit samples at 16 kHz, both ways.

const RATE = 16000, FRAME = RATE / 50;
// Samples of the call: what waits before it is played, so that it has no holes, and what waits at most.
const AHEAD = RATE * 0.06, MOST = RATE * 0.5;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.until = this.step;
    this.sum = 0;
    this.count = 0;
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }

  process(inputs) {
    for (const sample of inputs[0][0] ?? []) {
      this.sum += sample;
      this.count++;
      if (this.count < this.until) continue;
      // The mean of the samples that are one of the call's keeps most of what is too high for it out.
      const mean = Math.max(-1, Math.min(1, this.sum / this.count));
      for (; this.until <= this.count; this.until += this.step) this.push(mean);
      this.until -= this.count;
      this.sum = this.count = 0;
    }
    return true;
  }

  push(sample) {
    this.frame[this.filled++] = Math.round(sample * 32767);
    if (this.filled < FRAME) return;
    this.port.postMessage(this.frame.buffer.slice(0));
    this.filled = 0;
  }
}

class Speaker extends AudioWorkletProcessor {
  constructor() {
    super();
    this.waiting = [];
    this.at = 0;
    this.isPlaying = false;
    this.port.onmessage = message => {
      for (const sample of new Int16Array(message.data)) this.waiting.push(sample / 32768);
      if (this.waiting.length > MOST) this.waiting.splice(0, this.waiting.length - AHEAD);
    };
  }

  process(_, outputs) {
    const out = outputs[0][0], step = RATE / sampleRate;
    if (this.waiting.length >= AHEAD) this.isPlaying = true;
    for (let i = 0; i < out.length && this.isPlaying; i++) {
      const whole = Math.floor(this.at);
      if (whole + 1 >= this.waiting.length) {
        this.isPlaying = false;
        break;
      }
      const part = this.at - whole;
      out[i] = this.waiting[whole] * (1 - part) + this.waiting[whole + 1] * part;
      this.at += step;
    }
    const played = Math.min(Math.floor(this.at), this.waiting.length);
    this.waiting.splice(0, played);
    this.at -= played;
    return true;
  }
}

registerProcessor('microphone', Microphone);
registerProcessor('speaker', Speaker);
