// The parameters of an SDK's methods, read from the types that the SDK declares: with each request the names that may go into its body, query and headers.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Types refer to themselves; no request of the vendor nests deeper. */
const deepest = 6;
const request = /this\._client\.(get|post|put|patch|delete|getAPIList)\(\s*(?:path\s*)?[`'"]([^`'"]*)[`'"]/;

/**
 * @returns {Map<string, {where: string, name: string}[]>} By method and path ("GET /fqdns/{}"). Names in a body lead inwards by slashes ("inbound/codecs", items of lists
 * without a step of their own), names in a query by brackets, one level deep.
 */
export function parametersOf(name) {
  const root = path.dirname(createRequire(import.meta.url).resolve(name));
  const files = new Files();
  const all = new Map();
  for (const entry of readdirSync(path.join(root, 'resources'), { recursive: true })) {
    if (!entry.endsWith('.d.ts')) continue;
    const file = path.join(root, 'resources', entry);
    const source = readFileSync(file.replace(/\.d\.ts$/, '.mjs'), 'utf8');
    for (const [, method, signature] of files.read(file).text.matchAll(/^ {4}(\w+)\((.*)\): /gm)) {
      const body = new RegExp(`^ {4}${method}\\([^\\n]*\\{\\n[\\s\\S]*?^ {4}\\}`, 'm').exec(source)?.[0] ?? '';
      const match = request.exec(body);
      if (!match) continue;
      const verb = match[1] === 'getAPIList' ? 'GET' : match[1].toUpperCase();
      const id = `${verb} ${match[2].replace(/\$\{[^}]*\}/g, '{}').split('?')[0]}`;
      const type = /\b(?:params|body|query)\??: ([\w.]*Params)\b/.exec(signature)?.[1];
      if (all.has(id)) continue;
      all.set(id, type ? placed(files, file, type, verb, body, match[2]) : []);
    }
  }
  return all;
}

/** Where the request puts each field of its parameters. */
function placed(files, file, type, verb, source, template) {
  const taken = /const\s*\{([^}]*)\}\s*=\s*params\b/.exec(source)?.[1] ?? '';
  const rest = /\.\.\.(\w+)/.exec(taken)?.[1];
  const names = new Map(taken.split(',').map((p) => p.trim()).filter((p) => p && !p.startsWith('...')).map((p) => p.split(':').map((s) => s.trim())).map(([field, local]) => [field.replaceAll("'", ''), local ?? field]));
  const [head] = /headers: [\s\S]*?\]\)/.exec(source) ?? [''];
  const others = rest ?? (/\bquery\b/.test(/this\._client[\s\S]*/.exec(source)?.[0] ?? '') ? 'query' : 'body');
  const list = [];
  for (const [field, inner] of files.fields(file, type)) {
    const local = names.get(field);
    if (local && template.includes(`\${${local}}`)) continue;
    const where = local && new RegExp(`\\b${local}\\b`).test(head) ? 'header' : others === 'query' || ['GET', 'DELETE'].includes(verb) || (local && new RegExp(`query: \\{[^}]*\\b${local}\\b`).test(source)) ? 'query' : 'body';
    const deep = where === 'query' ? [...inner.keys()].map((key) => ({ where, name: `${field}[${key}]` })) : where === 'body' ? flat(inner, `${field}/`, where) : [];
    if (local && new RegExp(`\\{ body: ${local}\\b`).test(source)) {
      list.push(...flat(inner, '', 'body'));        // it is the whole body
      continue;
    }
    const renamed = local && new RegExp(`body: \\{ (\\w+): ${local}\\b`).exec(source)?.[1];
    if (renamed) {
      list.push({ where, name: renamed });
      continue;
    }
    list.push(...(where === 'query' && deep.length > 0 ? deep : [{ where, name: field }, ...deep]));
  }
  return list;
}

function flat(fields, prefix, where) {
  return [...fields].flatMap(([name, inner]) => [{ where, name: prefix + name }, ...flat(inner, `${prefix}${name}/`, where)]);
}

/** Declarations of the vendor's files: interfaces, types and classes by their dotted names, each with its fields' types as text. */
class Files {
  #read = new Map();

  read(file) {
    if (!this.#read.has(file)) this.#read.set(file, parse(readFileSync(file, 'utf8')));
    return this.#read.get(file);
  }

  /** The fields of a named type, each with its own fields. */
  fields(file, name, scope = '', depth = 0) {
    const found = this.#find(file, name, scope);
    if (!found) return new Map();
    return found.type !== undefined ? this.#ofType(found.file, found.type, found.scope, depth) : this.#ofMembers(found, depth);
  }

  #ofMembers({ file, members, bases, name }, depth) {
    const fields = new Map();
    for (const base of bases) for (const [key, inner] of this.#ofType(file, base, parent(name), depth)) fields.set(key, inner);
    for (const [key, type] of members) fields.set(key, depth < deepest ? this.#ofType(file, type, name, depth + 1) : new Map());
    return fields;
  }

  #ofType(file, type, scope, depth) {
    const fields = new Map();
    for (let part of split(type.trim(), '|').flatMap((p) => split(p, '&'))) {
      part = part.trim();
      while (part.startsWith('(') && part.endsWith(')')) part = part.slice(1, -1).trim();
      const list = /^(?:Array|ReadonlyArray|Omit|Partial)<([\s\S]*)>$/.exec(part);
      let inner = new Map();
      if (list) inner = this.#ofType(file, split(list[1], ',')[0], scope, depth);
      else if (part.endsWith('[]')) inner = this.#ofType(file, part.slice(0, -2), scope, depth);
      else if (part.startsWith('{')) inner = this.#ofMembers({ file, members: membersOf(part.slice(1, -1)), bases: [], name: scope }, depth);
      else if (split(part, '|').length > 1) inner = this.#ofType(file, part, scope, depth);
      else if (/^[A-Za-z_][\w.]*$/.test(part)) inner = this.fields(file, part, scope, depth);
      for (const [key, value] of inner) fields.set(key, new Map([...(fields.get(key) ?? []), ...value]));
    }
    return fields;
  }

  #find(file, name, scope) {
    const { declared, imports } = this.read(file);
    for (let at = scope; ; at = parent(at)) {
      const full = at ? `${at}.${name}` : name;
      if (declared.has(full)) return { file, scope: parent(full), name: full, ...declared.get(full) };
      if (!at) break;
    }
    const [first, ...rest] = name.split('.');
    const from = imports.get(first);
    if (!from) return undefined;
    const other = path.join(path.dirname(file), from.file).replace(/\.js$/, '.d.ts');
    return existsSync(other) ? this.#find(other, from.isAll ? rest.join('.') : name, '') : undefined;
  }
}

function parent(name) {
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
}

function parse(text) {
  text = text.replace(/\/\*[\s\S]*?\*\//g, '');
  const declared = new Map(), imports = new Map();
  for (const [, names, all, file] of text.matchAll(/^import (?:type )?(?:\{([^}]*)\}|\* as (\w+)) from ["']([^"']+)["']/gm)) {
    if (all) imports.set(all, { file, isAll: true });
    else for (const name of names.split(',')) imports.set(name.trim().replace(/^type /, '').split(' as ').at(-1), { file, isAll: false });
  }
  collect(text, '', declared);
  return { text, declared, imports };
}

function collect(text, scope, declared) {
  const head = /(?:export )?(?:declare )?(?:(namespace|interface) ([\w]+)(?: extends ([^{]+))? ?\{|type (\w+) = )/g;
  for (let match; (match = head.exec(text));) {
    const [, kind, name, bases, alias] = match;
    const full = [scope, name ?? alias].filter(Boolean).join('.');
    const end = kind ? closing(text, head.lastIndex) : until(text, head.lastIndex);
    const inside = text.slice(head.lastIndex, end);
    if (kind === 'namespace') collect(inside, full, declared);
    else if (kind) declared.set(full, { members: membersOf(inside), bases: bases ? split(bases, ',') : [] });
    else declared.set(full, { type: inside, members: [], bases: [] });
    head.lastIndex = end;
  }
}

/** `name?: type;` of an object's inside; index signatures have no names. */
function membersOf(inside) {
  return split(inside, ';').map((m) => /^\s*(?:readonly )?(['"]?)([^'"?:\s]+)\1\??:\s*([\s\S]+)$/.exec(m)).filter((m) => m && !m[2].startsWith('[')).map((m) => [m[2], m[3]]);
}

function closing(text, at) {
  for (let depth = 1; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return at;
}

function until(text, at) {
  for (let depth = 0; at < text.length; at++) {
    if ('{(<['.includes(text[at])) depth++;
    else if ('})>]'.includes(text[at])) depth--;
    else if (text[at] === ';' && depth === 0) return at;
  }
  return at;
}

/** At separators that stand in no bracket and no text. */
function split(text, separator) {
  const parts = [];
  let depth = 0, from = 0, quote = '';
  for (let i = 0; i < text.length; i++) {
    if (quote) quote = text[i] === quote ? '' : quote;
    else if (`'"\``.includes(text[i])) quote = text[i];
    else if ('{(<['.includes(text[i])) depth++;
    else if ('})]'.includes(text[i]) || (text[i] === '>' && text[i - 1] !== '=')) depth--;
    else if (text[i] === separator && depth === 0) {
      parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.filter((p) => p.trim());
}
