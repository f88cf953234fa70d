// How deep this run goes, as tests/Testing/Depth.cs has it: the suites' program says so.
import { test } from 'node:test';

export const isAll = process.env.RINGWRIGHT_DEPTH !== 'gate';

/** Those of the gate, and those that only a run of everything has. */
export const rows = (gate, more) => (isAll ? [...gate, ...more] : gate);

/** A test that only a run of everything has. The reason says what of it the gate still sees. */
export function deep(why, ...asTest) {
  if (isAll) test(...asTest);
}
