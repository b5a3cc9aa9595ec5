import { TagsInput } from '@mantine/core';
import type { Schemas } from '../../../api/client';
import { useWords } from '../../../i18n/words';
import { valuesOf, withValues } from '../../../reports/question';
import { useReportText } from '../useReportText';
import { dashboardWords } from '../words';
import type { Asking } from './asking';

/** Values of a field, of which one must match. */
export function FieldFilter({ field, asked, ask }: Asking & { field: Schemas['ReportFilterHead'] }) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const values = valuesOf(asked.where, field.name);
  return (
    <TagsInput
      label={r.label(field.name)}
      title={r.text(field.about)}
      placeholder={values.length === 0 ? t.valueHint : undefined}
      value={values}
      onChange={(next) => ask({ where: withValues(asked.where, field.name, next) })}
      // Who leaves a half-typed value has not asked for it yet.
      acceptValueOnBlur={false}
      clearable
    />
  );
}
