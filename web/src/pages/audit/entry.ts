/** A value at a place of what was and what is. undefined: there was nothing, or is nothing now. */
export interface Change {
  path: string;
  before?: string;
  after?: string;
}

/** What has changed between two values, by the paths of what is in them: all of it where there was nothing before, or is nothing after. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const [was, is] = [flat(before), flat(after)];
  const paths = [...new Set([...was.keys(), ...is.keys()])];
  const one = was.size === 0 || is.size === 0;
  return paths
    .map((path) => ({ path, before: was.get(path), after: is.get(path) }))
    .filter((c) => one || c.before !== c.after);
}

/** The values inside of a value by their paths, such as job.tenants. Lists of simple values are one text; the empty ones say nothing. */
function flat(value: unknown): Map<string, string> {
  const texts = new Map<string, string>();
  const put = (path: string, v: unknown): void => {
    if (v === null || v === undefined || v === '') return;
    if (Array.isArray(v) && v.every((x) => typeof x !== 'object' || x === null)) {
      if (v.length > 0) texts.set(path, v.map(String).join(', '));
    } else if (Array.isArray(v)) {
      v.forEach((x, i) => {
        put(`${path}[${i}]`, x);
      });
    } else if (typeof v === 'object') {
      for (const [name, x] of Object.entries(v)) put(path ? `${path}.${name}` : name, x);
    } else {
      texts.set(path, textOf(v));
    }
  };
  put('', value);
  return texts;
}

/** A simple value as text. Instants are in microseconds in some entries: no count is so large. */
function textOf(v: unknown): string {
  if (typeof v === 'number' && v > 1e15 && v < 4e15) return new Date(Math.floor(v / 1000)).toISOString();
  return String(v);
}
