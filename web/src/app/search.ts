/**
 * The part of an address behind the ? as a plain record: a text, or a list where a name comes several times. So the address of a page reads like one of the
 * API: ?tenant=acme&tenant=bolt&from=2025-03-01.
 */
export type Search = Record<string, string | string[]>;

export function parseSearch(text: string): Search {
  const search: Search = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = search[name];
    search[name] = before === undefined ? value : [before, value].flat();
  }
  return search;
}

/** The texts of a name in an address; undefined: there are none. */
export function textsOf(value: unknown): string[] | undefined {
  const texts = [value].flat().filter((v): v is string => typeof v === 'string' && v !== '');
  return texts.length > 0 ? texts : undefined;
}

/** The text of a name in an address that says it once. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') parameters.append(name, String(one));
    }
  }
  // A comma, colon or slash says more as itself.
  const text = parameters.toString().replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%2F/g, '/');
  return text && `?${text}`;
}
