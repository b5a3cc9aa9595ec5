/** A path of this app, undefined for anything else: an address that somebody was lured to must not lead to another site. */
export function localPath(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^\/(?![/\\])/.test(text)) return undefined;
  const url = new URL(text, 'http://here');
  return url.origin === 'http://here' ? url.pathname + url.search + url.hash : undefined;
}
