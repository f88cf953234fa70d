// How deep this run goes, as tests/Testing/Depth.cs has it: the suites' program says so.
import { test } from 'node:test';

export const isAll = process.env.RINGWRIGHT_DEPTH !== 'gate';

/** Those of the gate, and those that only a run of everything has. */
export const rows = (gate, more) => (isAll ? [...gate, ...more] : gate);

/** A package that only a run of everything imports: it stands in devDependencies, which the gate does not install. */
export const ofAll = async (name) => (isAll ? (await import(name)).default : undefined);

/** A test that only a run of everything has. The reason says what of it the gate still sees. */
export function deep(why, ...asTest) {
  if (isAll) test(...asTest);
}
