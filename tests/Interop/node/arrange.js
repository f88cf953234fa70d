// Starts the part of the contract's tests that arranges requests: a node of its own, and good requests to each operation with what they need made beforehand.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = join(fileURLToPath(import.meta.url), '../../../../artifacts/bin/Contract/release/Ringwright.Contract.dll');

/** @returns {Promise<{api: string, key: string, operations: () => Promise<object[]>, ask: (operation: string, all: boolean) => Promise<object>, stop: () => Promise<void>}>} */
export async function startArranger() {
  const folder = await mkdtemp(join(tmpdir(), 'ringwright-arrange-'));
  const file = join(folder, 'where.json');
  const child = spawn('dotnet', ['exec', program, '-noColor', '-noLogo', '-explicit', 'only', '-class', 'Ringwright.Contract.Conformance.ArrangeServer'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, RINGWRIGHT_ARRANGE: file } });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const deadline = Date.now() + 180_000;
  let where;
  while (!where) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the arranger did not start:\n${output}`);
    where = await readFile(file, 'utf8').then(JSON.parse, () => null);
    if (!where) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const read = async (path, init) => {
    const answer = await fetch(where.url + path, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    api: where.api,
    key: where.key,
    operations: () => read('/operations'),
    ask: (operation, all) => read(`/ask/${encodeURIComponent(operation)}${all ? '?all' : ''}`, { method: 'POST' }),
    stop: async () => {
      await fetch(`${where.url}/end`, { method: 'POST' }).catch(() => {});       // it may be gone before it has answered
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
