import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { queries } from '../../../api/queries';
import { useLanguage } from '../../../i18n/language';
import { useWords } from '../../../i18n/words';
import type { Answer } from '../../../reports/answers';
import { valuesOf, withValues } from '../../../reports/question';
import { seenValues } from '../../../reports/seenValues';
import { useReportText } from '../useReportText';
import { dashboardWords } from '../words';
import type { Asking } from './asking';

/** Values of a field, of which one must match. Those that the page has shown are offered, and any other may be typed. */
export function FieldFilter({
  report,
  field,
  asked,
  ask,
}: Asking & { report: string; field: Schemas['ReportFilterHead'] }) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const { language } = useLanguage();
  const [seen, setSeen] = useState<string[]>([]);
  const values = valuesOf(asked.where, field.name);
  return (
    <TagsInput
      label={r.label(field.name)}
      title={r.text(field.about)}
      placeholder={values.length === 0 ? t.valueHint : undefined}
      value={values}
      data={seen}
      limit={50}
      comboboxProps={{ portalProps: { target: 'main' } }}
      onFocus={() => {
        const answers = queries.getQueriesData<Answer>({ queryKey: ['table', report] });
        setSeen(
          seenValues(
            field.name,
            answers.flatMap(([, answer]) => answer ?? []),
            language,
          ),
        );
      }}
      onChange={(next) => ask({ where: withValues(asked.where, field.name, next) })}
      // Who leaves a half-typed value has not asked for it yet.
      acceptValueOnBlur={false}
      clearable
    />
  );
}
