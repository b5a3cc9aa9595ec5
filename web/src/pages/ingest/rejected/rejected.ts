import type { Schemas } from '../../../api/client';
import type { ServerText } from '../../../i18n/server/serverText';

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

/** Whether an entry says a text somewhere, in the server's words or the reader's. */
export function says(e: Entry, text: string, said: ServerText['said']): boolean {
  const wanted = text.toLowerCase();
  return [e.reason, said(e.reason), e.path ?? '', e.source].some((x) => x.toLowerCase().includes(wanted));
}
