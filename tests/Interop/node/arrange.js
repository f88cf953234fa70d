// Starts the part of the contract's tests that arranges requests: a node of its own, and good requests to each operation with what they need made beforehand.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const artifacts = join(fileURLToPath(import.meta.url), '../../../../artifacts'), name = 'Ringwright.Contract.dll';

// The folder of the tests once more, with each assembly that has code made ahead in the place of the same one without.
const mix = `set -e
rm -rf "$3"
cp -al "$1" "$3" 2>/dev/null || { rm -rf "$3"; cp -a "$1" "$3"; }
for file in "$2"/*.dll; do
  there=$3/$(basename "$file")
  if [ -e "$there" ]; then ln -f "$file" "$there" 2>/dev/null || cp -f "$file" "$there"; fi
done`;

/** With code made ahead of starts where the nodes of this run have that: half of what they would compute is compiling. */
async function programOf() {
  const built = join(artifacts, 'bin/Contract/release'), ofNodes = process.env.RINGWRIGHT_PROGRAM;
  if (!ofNodes) return join(built, name);
  const folder = join(artifacts, 'ahead-contract');
  await promisify(execFile)('sh', ['-c', mix, 'sh', built, dirname(ofNodes), folder]);
  return join(folder, name);
}

/** @returns {Promise<{api: string, key: string, operations: () => Promise<object[]>, ask: (operation: string, all: boolean) => Promise<object>, stop: () => Promise<void>}>} */
export async function startArranger() {
  const folder = await mkdtemp(join(tmpdir(), 'ringwright-arrange-'));
  const file = join(folder, 'where.json');
  const child = spawn('dotnet', ['exec', await programOf(), '-noColor', '-noLogo', '-explicit', 'only', '-class', 'Ringwright.Contract.Conformance.ArrangeServer'],
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
