// What an SDK of the vendor can do, read from the SDK itself: each method of its resources with the request that it makes.

// `return this._client.get(path `/fqdns/${id}`, options)`; a list that pages is `getAPIList`.
const request = /this\._client\.(get|post|put|patch|delete|getAPIList)\(\s*(?:path\s*`([^`]*)`|'([^']*)'|"([^"]*)")/;
// `const { id, ...body } = params;`
const taken = /const\s*\{([^}]*)\}\s*=\s*params\b/;

/**
 * @returns {{known: Map<string, {name: string, call: Function, parameters: string[], inParams: Map<string, string>, placed: string[]}>, unread: string[]}}
 * By method and path ("GET /fqdns/{}"); and the names of methods whose request could not be read.
 */
export function methodsOf(client) {
  const known = new Map(), unread = [], seen = new Set();
  const visit = (resource, name) => {
    if (seen.has(resource)) return;
    seen.add(resource);
    for (const key of Object.keys(resource)) {
      const inner = resource[key];
      if (inner && typeof inner === 'object' && inner._client === client) visit(inner, `${name}${key}.`);
    }
    for (const key of Object.getOwnPropertyNames(Object.getPrototypeOf(resource))) {
      if (key === 'constructor' || typeof resource[key] !== 'function') continue;
      const source = resource[key].toString();
      const match = request.exec(source);
      if (!match) {
        unread.push(name + key);
        continue;
      }
      const [, verb, template, single, double] = match;
      const text = template ?? single ?? double;
      const path = text.replace(/\$\{[^}]*\}/g, '{}').split('?')[0];
      const method = { name: name + key, call: (...args) => resource[key](...args), isPaged: verb === 'getAPIList', ...argumentsOf(source, text) };
      const id = `${verb === 'getAPIList' ? 'GET' : verb.toUpperCase()} ${path}`;
      if (!known.has(id)) known.set(id, method);
    }
  };
  for (const key of Object.keys(client)) {
    const inner = client[key];
    if (inner && typeof inner === 'object' && inner._client === client) visit(inner, `${key}.`);
  }
  return { known, unread };
}

/** The names of the method's parameters, and of those in the path which of them holds each. */
function argumentsOf(source, template) {
  const list = source.slice(source.indexOf('(') + 1);
  let depth = 0, end = 0;
  while (end < list.length && (depth > 0 || list[end] !== ')')) {
    if ('({['.includes(list[end])) depth++;
    if (')}]'.includes(list[end])) depth--;
    end++;
  }
  const parameters = list.slice(0, end).split(',').map((p) => p.split('=')[0].trim()).filter((p) => /^\w+$/.test(p));
  // Renamed on the way: `{ id: credentialId }`.
  const inParams = new Map((taken.exec(source)?.[1] ?? '').split(',').map((p) => p.trim()).filter((p) => p && !p.startsWith('...')).map((p) => p.split(':').map((s) => s.trim())).map(([field, local]) => [local ?? field, field]));
  // One whose body may be of several shapes takes it whole.
  const takesBody = /const \{(?:[^}]*,)?\s*body\b[^}]*\} = params/.test(source);
  return { parameters, inParams, takesBody, placed: [...template.matchAll(/\$\{([^}]*)\}/g)].map((m) => m[1].trim()) };
}
