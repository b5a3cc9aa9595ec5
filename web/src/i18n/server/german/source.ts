import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../../../../..');

/** A file of the repository as text. */
export const read = (path: string): string => readFileSync(join(repository, path), 'utf8');

/** The files of a folder of the repository, and of those below it. */
export const below = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/** The texts that Go source has in quotes, without those in comments. */
export function literals(source: string): string[] {
  const found: string[] = [];
  for (const [token] of source.matchAll(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])+'|`[^`]*`|"(?:\\.|[^"\\\n])*"/g,
  )) {
    if (token.startsWith('`')) found.push(token.slice(1, -1));
    if (token.startsWith('"')) found.push(token.slice(1, -1).replace(/\\(.)/g, (_, c: string) => escapes[c] ?? c));
  }
  return found;
}

const hole = '\0';

/** A text with all holes alike: those of Go's formats, of which %q writes quotes (one character's are single), and named ones. What stands at its ends is of no matter. */
export function form(text: string): string {
  return text
    .replace(/%%|%[-+# 0]*[\d.]*([a-zA-Z])/g, (verb, letter?: string) =>
      letter === undefined ? '%' : letter === 'q' ? `"${hole}"` : verb && hole,
    )
    .replace(/\{\w+\}/g, hole)
    .replace(/\0+/g, hole)
    .replace(/'\0'/g, `"${hole}"`)
    .replace(/^\0|\0$/g, '');
}

/** What a definition of a report says that is shown: titles, sentences, names of its parts, and values of options. The built-in ones keep to a few forms of YAML. */
export function textsOf(yaml: string): string[] {
  const found: string[] = [];
  for (const line of yaml.split('\n')) {
    const block = /^[\s-]*(?:title|about): (.+)$/.exec(line)?.[1];
    const flow = line.includes('{') ? [...line.matchAll(/\b(?:name|title|about|metric): ("[^"]*"|[^,}]+)/g)] : [];
    const name = /^\s+- name: (\S+)$/.exec(line)?.[1];
    const values = /values: \[(.*)\]/.exec(line)?.[1]?.split(', ') ?? [];
    if (flow.length === 0) found.push(...(block ? [block] : []));
    found.push(...flow.map((m) => m[1] ?? ''), ...(name ? [name] : []), ...values);
  }
  return [...new Set(found.map((text) => text.replace(/^"(.*)"$/, '$1')))];
}
