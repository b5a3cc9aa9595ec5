/** A sentence of the server, and what it is in another language. Both have the same holes, such as {name}, for the values in it. */
export interface Pattern {
  expression: RegExp;
  holes: string[];
  translation: string;
  /** How much of it is fixed. Of two patterns that fit, the one with more says more exactly what it is. */
  fixed: number;
}

const hole = /\{(\w+)\}/;

export function patternOf(text: string, translation: string): Pattern {
  const parts = text.split(hole); // by turns fixed text and the name of a hole
  const fixed = parts.filter((_, i) => i % 2 === 0);
  return {
    expression: new RegExp(
      `^${fixed.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('([\\s\\S]*?)')}$`,
    ),
    holes: parts.filter((_, i) => i % 2 === 1),
    translation,
    fixed: fixed.join('').length,
  };
}

/** Whether a text has holes. */
export const isPattern = (text: string): boolean => hole.test(text);

/** A text by a pattern, each value as `value` has it; undefined where it does not fit, or where a value has no text there. */
export function translated(
  text: string,
  pattern: Pattern,
  value: (hole: string, text: string) => string | undefined,
): string | undefined {
  const found = pattern.expression.exec(text);
  if (!found) return undefined;
  const values = new Map<string, string>();
  for (const [i, name] of pattern.holes.entries()) {
    const shown = value(name, found[i + 1] ?? '');
    if (shown === undefined) return undefined;
    values.set(name, shown);
  }
  return pattern.translation.replace(new RegExp(hole, 'g'), (_, name: string) => values.get(name) ?? '');
}
