import { Suspense } from 'react';
import type { Schemas } from '../../../api/client';
import { later } from '../../../parts/later';
import { OneOf } from '../../../parts/OneOf';
import { StandIn } from '../../../parts/StandIn';
import { valuesOf, withValues } from '../../../reports/question';
import { useReportText } from '../useReportText';
import type { Asking } from './asking';

const LengthChoice = later(() => import('./LengthChoice'));

/** One option of a report, with what holds where nothing is chosen. */
export function OptionChoice({ option, asked, ask }: Asking & { option: Schemas['ReportOption'] }) {
  const r = useReportText();
  const value = valuesOf(asked.option, option.name)[0] ?? option.default;
  const choose = (next: string) =>
    ask({ option: withValues(asked.option, option.name, next === option.default || next === '' ? [] : [next]) });
  if (option.length) {
    return (
      <Suspense fallback={<StandIn label={r.label(option.name)} value={r.text(value)} />}>
        <LengthChoice key={value} option={option} value={value} choose={choose} />
      </Suspense>
    );
  }
  return (
    <OneOf
      label={r.label(option.name)}
      title={r.text(option.about)}
      data={(option.values ?? []).map((v) => ({ value: v, label: r.label(v) }))}
      value={value}
      onChange={choose}
    />
  );
}
