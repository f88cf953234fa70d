// A telephone that is neither ours nor the vendor's: baresip says one tone all the time, and what it decoded is measured by frequency while it is written.
import { spawn } from 'node:child_process';
import { accessSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { audioPorts, freePair } from './node.js';
import { tone } from './tone.js';

const rate = 8000, headerBytes = 44;

/** Why tests with softphones cannot run here; false when they can. REQUIRE_TOOLS demands that they run. */
export const missing = process.env.REQUIRE_TOOLS !== 'all' && !process.env.PATH.split(delimiter).some(has) && 'baresip is not on PATH';

function has(folder) {
  try {
    accessSync(join(folder, 'baresip'));
    return true;
  } catch {
    return false;
  }
}

/**
 * @param hertz what it says
 * @param {boolean} answers whether it takes calls by itself
 */
export async function startSoftphone(hertz, answers = true) {
  const folder = await mkdtemp(join(tmpdir(), 'ringwright-softphone-'));
  // Behind the one that it is told to use it takes one for TLS.
  const port = await freePair();
  const uri = `sip:softphone@127.0.0.1:${port}`;
  const modules = ['g711', 'aufile', 'aubridge', 'sndfile', 'stdio'].map((name) => `module ${name}.so\n`).join('');
  await writeFile(join(folder, 'tone.wav'), tone(hertz, 60_000));
  await writeFile(join(folder, 'config'), `poll_method epoll
sip_listen 127.0.0.1:${port}
net_interface 127.0.0.1
audio_source aufile,${join(folder, 'tone.wav')}
audio_player aubridge,out
audio_alert aubridge,none
ausrc_srate ${rate}
ausrc_channels 1
rtp_ports ${audioPorts}
snd_path ${folder}
module_path /usr/lib/baresip/modules
${modules}module_tmp account.so
module_app menu.so
`);
  await writeFile(join(folder, 'accounts'), `<${uri}>;regint=0;audio_codecs=pcmu;answermode=${answers ? 'auto' : 'manual'}\n`);
  await writeFile(join(folder, 'contacts'), '');
  const child = spawn('baresip', ['-f', folder, '-t', '120'], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  const exited = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));

  async function until(what, isSo) {
    const deadline = Date.now() + 30_000;
    while (!(await isSo())) {
      if (Date.now() > deadline || child.exitCode !== null) throw new Error(`not so: ${what()}; the softphone of ${hertz} Hz said\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** @returns what it has heard of its newest call, from a sample on; `until` is how many there are in all */
  async function heard(from) {
    const file = (await readdir(folder)).filter((name) => /^dump-.*-dec\.wav$/.test(name)).sort().at(-1);
    if (!file) return { file, until: 0, samples: [] };
    const handle = await open(join(folder, file));
    try {
      const until = Math.max(0, Math.floor(((await handle.stat()).size - headerBytes) / 2));
      const bytes = Buffer.alloc(2 * Math.max(0, until - from));
      if (bytes.length > 0) await handle.read(bytes, 0, bytes.length, headerBytes + 2 * from);
      return { file, until, samples: new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2) };
    } finally {
      await handle.close();
    }
  }

  const says = (text) => until(() => `it says '${text}'`, () => output.includes(text));
  await says('baresip is ready');
  return {
    uri,
    says,
    calls: (to) => child.stdin.write(`d${to}\n`),
    presses: (key) => child.stdin.write(key),
    hangsUp: () => child.stdin.write('b'),
    /** Until half a second that it hears from now on has each of these tones and none of the others. Each is looked at, however late. */
    hears: async (tones, butNot = []) => {
      let { file, until: next } = await heard(Infinity), levels = [];
      await until(() => `it hears ${tones} Hz and not ${butNot} Hz (levels ${levels})`, async () => {
        let now = await heard(next);
        if (now.file !== file) {
          ({ file } = now);
          now = await heard(next = 0);      // another call
        }
        for (const from = next; next + rate / 2 <= now.until; next += rate / 20) {
          const half = now.samples.subarray(next - from, next - from + rate / 2);
          levels = [...tones, ...butNot].map((hertz) => Math.round(levelOf(hertz, half)));
          if (levels.every((level, at) => (at < tones.length ? level > 3000 : level < 300))) return true;
        }
        return false;
      });
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** How much of sound in one channel is mostly a tone, in milliseconds, by frames of 20. */
export function millisOf(hertz, samples) {
  const frame = rate / 50;
  let millis = 0;
  for (let at = 0; at + frame <= samples.length; at += frame) if (levelOf(hertz, samples.subarray(at, at + frame)) > 3000) millis += 20;
  return millis;
}

/** The samples of a WAV file of 16 bits, whole or in the making. */
export const samplesOf = (wav) => new Int16Array(wav.buffer.slice(wav.byteOffset + headerBytes, wav.byteOffset + wav.length - (wav.length - headerBytes) % 2));

/** Until a recording of the node's in one channel that runs has so much of a tone on the disk. @returns how much it has */
export async function onDisk(node, hertz, millis) {
  for (const deadline = Date.now() + 30_000; ;) {
    const parts = (await readdir(node.data, { recursive: true })).filter((name) => name.endsWith('.part'));
    const most = Math.max(0, ...await Promise.all(parts.map((name) => readFile(join(node.data, name)).then((wav) => (wav.length > headerBytes ? millisOf(hertz, samplesOf(wav)) : 0), () => 0))));
    if (most >= millis) return most;
    if (Date.now() > deadline) throw new Error(`no recording has ${millis} ms of ${hertz} Hz; the longest has ${most}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Amplitude of a tone; full scale is 32,768. */
export function levelOf(hertz, samples) {
  let real = 0, imaginary = 0;
  for (let i = 0; i < samples.length; i++) {
    real += samples[i] * Math.cos((2 * Math.PI * hertz * i) / rate);
    imaginary += samples[i] * Math.sin((2 * Math.PI * hertz * i) / rate);
  }
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}
