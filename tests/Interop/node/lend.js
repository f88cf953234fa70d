// One node for files that run one after the other (tools/Suites): says in a line where it is, and ends it when its own input ends.
import { once } from 'node:events';
import { startNode } from './node.js';

const node = await startNode();
process.stdout.write(`${JSON.stringify(node)}\n`);
process.stdin.resume();
await once(process.stdin, 'end');
await node.stop();
process.exit();
