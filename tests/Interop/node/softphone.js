// A telephone that is neither ours nor the vendor's: baresip says one tone all the time, and what it decoded is measured by frequency while it is written.
import { spawn } from 'node:child_process';
import { accessSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { firstPort, freePort, lastPort } from './node.js';
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
  const port = await freePort();
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
rtp_ports ${firstPort}-${lastPort}
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

  /** @returns what it has heard of its newest call: how many samples, and the last half second */
  async function heard() {
    const file = (await readdir(folder)).filter((name) => /^dump-.*-dec\.wav$/.test(name)).sort().at(-1);
    if (!file) return { samples: 0, last: [] };
    const handle = await open(join(folder, file));
    try {
      const samples = Math.floor(((await handle.stat()).size - headerBytes) / 2);
      const count = Math.min(rate / 2, samples);
      if (count <= 0) return { samples: 0, last: [] };
      const bytes = Buffer.alloc(2 * count);
      await handle.read(bytes, 0, bytes.length, headerBytes + 2 * (samples - count));
      return { samples, last: new Int16Array(bytes.buffer, bytes.byteOffset, count) };
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
    /** Until half a second that it hears from now on has each of these tones and none of the others. */
    hears: async (tones, butNot = []) => {
      const from = (await heard()).samples + rate / 2;
      let levels = [];
      await until(() => `it hears ${tones} Hz and not ${butNot} Hz (levels ${levels})`, async () => {
        const { samples, last } = await heard();
        if (samples < from) return false;
        levels = [...tones, ...butNot].map((hertz) => Math.round(levelOf(hertz, last)));
        return levels.every((level, at) => (at < tones.length ? level > 3000 : level < 300));
      });
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
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
