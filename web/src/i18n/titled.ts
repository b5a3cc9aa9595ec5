/** A name of the server as a label: open_limit is Open limit. */
export function titled(name: string): string {
  const text = name.replace(/[_-]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
