// contracts/telnyx/parameters.tsv beside what the types of the newest SDK know: rows of what only the SDK knows are written here, and refuse it by name.
import { readFileSync } from 'node:fs';

/** Of a parameter that nobody has thought about yet. */
export const unbuilt = 'newer clients than the contract know it, and it is not built yet';

const folder = new URL('../../../contracts/telnyx/', import.meta.url);

/** The list's own file. */
export const list = new URL('parameters.tsv', folder);

/** Without notes and head. */
function rows(file) {
  return readFileSync(new URL(file, folder), 'utf8').split('\n').filter((line) => line && !line.startsWith('#')).slice(1).map((line) => line.split('\t'));
}

/** What operations ask for ("GET /fqdns/{}") by their names, in the order of the contract. */
const paths = () => new Map(rows('operations.tsv').map(([, method, path, operation]) => [operation, `${method} ${path.replace(/\{[^}]*\}/g, '{}')}`]));

/** Operations that are there. Those that have no parameter in the contract have no row of it. */
const proven = () => new Set(rows('proven.tsv').map(([operation]) => operation));

/**
 * The list with a row for each parameter that the SDK knows, and without those that were refused and that it knows no more.
 * @param {string} text the list
 * @param {Map<string, {where: string, name: string}[]>} known by method and path, what `parametersOf` reads
 * @returns {{text: string, unsaid: string[], stray: string[], kept: string[], count: number}} what was added; what was taken out; what acts and is said to be the SDK's and
 * is not, which stays for somebody to think about; and how many parameters of these operations the SDK knows
 */
export function completed(text, known) {
  const lines = text.trimEnd().split('\n');
  const there = proven();
  const head = lines.findIndex((line) => line && !line.startsWith('#')) + 1;
  const groups = new Map([...paths()].map(([operation, path]) => [operation, { path, own: [] }]));
  for (const line of lines.slice(head)) {
    const [operation] = line.split('\t');
    if (!groups.has(operation)) groups.set(operation, { path: undefined, own: [] });
    groups.get(operation).own.push(line);
  }
  const unsaid = [], stray = [], kept = [], all = lines.slice(0, head);
  let count = 0;
  for (const [operation, { path, own }] of groups) {
    const of = own.length > 0 || there.has(operation) ? known.get(path) : undefined;
    if (!of) {
      all.push(...own);
      continue;
    }
    count += of.length;
    const names = new Set(of.map(({ where, name }) => `${where} ${name}`));
    const stays = own.filter((line) => {
      const [, name, where, effect, , to] = line.split('\t');
      if (to !== 'sdk' || names.has(`${where} ${name}`)) return true;
      (effect === 'refused' ? stray : kept).push(line);
      return effect !== 'refused';
    });
    const effects = new Map(stays.map((line) => line.split('\t')).map(([, name, where, effect]) => [`${where} ${name}`, effect]));
    for (const { where, name } of of) {
      const steps = name.split('/');
      const isInside = where === 'body' && steps.some((_, i) => i > 0 && effects.get(`body ${steps.slice(0, i).join('/')}`) === 'refused');
      if (effects.has(`${where} ${name}`) || isInside) continue;
      const line = [operation, name, where, 'refused', unbuilt, 'sdk'].join('\t');
      effects.set(`${where} ${name}`, 'refused');
      stays.push(line);
      unsaid.push(line);
    }
    all.push(...stays);
  }
  return { text: `${all.join('\n')}\n`, unsaid, stray, kept, count };
}
