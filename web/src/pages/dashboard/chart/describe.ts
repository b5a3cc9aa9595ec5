import type { Formats } from '../../../i18n/format';
import type { dashboardWords } from '../words';

type Words = (typeof dashboardWords)['en'];

/** The lowest and the highest of some named values, in a sentence; empty where there are none. */
export function rangeText(values: { name: string; value: number }[], t: Words, f: Formats): string {
  const [first] = values;
  if (!first) return '';
  let [least, most] = [first, first];
  for (const v of values) {
    if (v.value < least.value) least = v;
    if (v.value > most.value) most = v;
  }
  return t.describeRange(f.number(least.value), least.name, f.number(most.value), most.name);
}

/** A number in a sentence, with that of the period before where there is one. */
export function said(name: string, value: number, earlier: number | null | undefined, t: Words, f: Formats): string {
  const text = `${name}: ${f.number(value)}`;
  return earlier === null || earlier === undefined ? text : `${text}, ${t.earlier(f.number(earlier))}`;
}
