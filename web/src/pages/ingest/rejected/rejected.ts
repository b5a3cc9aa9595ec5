import type { Schemas } from '../../../api/client';
import { dayBegins, dayEnds } from '../../../i18n/midnight';
import type { IngestSearch } from '../route';

export type Entry = Schemas['QuarantineEntry'];

/** JSON with its structure in lines. What JavaScript's numbers would round stays as it came, and so does what is no JSON. */
export function laidOut(text: string): string {
  if (/\d{16}|\d[eE]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Where the event is to be had as it came. */
export function eventLink(tenant: string, id: string): string {
  return `/api/v1/quarantine/${id}${tenant && `?${new URLSearchParams({ tenant })}`}`;
}

/** Which events are meant: those for which all of it holds. undefined: all. */
export type Filter = Schemas['RejectedFilter'];

/** The filter that an address says. */
export function filterOf({ search, type, from, to }: IngestSearch): Filter | undefined {
  const filter = { search, type, since: from && dayBegins(from), until: to && dayEnds(to) };
  return Object.values(filter).some((v) => v !== undefined) ? filter : undefined;
}
