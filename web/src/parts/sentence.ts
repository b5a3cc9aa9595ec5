/** What the server says begins small and ends without a full stop; on a page it is a sentence. The path of a field, such as data.direction, stays as it is. */
export function sentence(text: string): string {
  if (text === '') return '';
  const path = /^\w+(\.\w|\[)/.test(text);
  return (path ? text : text.charAt(0).toUpperCase() + text.slice(1)) + (/[.!?]$/.test(text) ? '' : '.');
}
