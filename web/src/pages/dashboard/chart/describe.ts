import type { Formats } from '../../../i18n/format';
import { changeText } from '../table/cellFormat';
import type { dashboardWords } from '../words';
import type { totalsOf } from './series';

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

/** Says that a chart has too many lines to have those of the period before beside them, and compares the sums that its table has. */
export function notComparedText(totals: ReturnType<typeof totalsOf>, t: Words, f: Formats): string {
  const texts = totals.map(({ name, value, before }) => {
    const values = [f.number(value), changeText(value, before, f), before !== null && t.earlier(f.number(before))];
    return `${name || t.total} ${values.filter(Boolean).join(' · ')}`;
  });
  return texts.length > 0 ? `${t.notCompared} ${t.inTotal} ${texts.join('; ')}.` : t.notCompared;
}
