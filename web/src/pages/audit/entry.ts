/** A value at a place of what was and what is. undefined: there was nothing, or is nothing now. */
export interface Change {
  path: string;
  before?: string;
  after?: string;
}

/** The date's first instant on the reader's clock. */
export function dayBegins(date: string): string {
  return midnight(date, 0);
}

/** The first instant after the date. */
export function dayEnds(date: string): string {
  return midnight(date, 1);
}

function midnight(date: string, later: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day + later).toISOString();
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
