import { Text } from '@mantine/core';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import type { Answer, Asked } from '../../reports/answers';
import { useReportText } from './useReportText';
import { dashboardWords } from './words';
import { filtersOf, laterFrom } from './zeros';

/** Says of a table of zeros that they are for want of anything to count, and why that may be. */
export function Nothing({ tenants, asked }: { tenants: NonNullable<Answer['tenants']>; asked: Asked }) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const f = useFormats();
  const since = laterFrom(tenants);
  const filters = filtersOf(asked.where).map(({ field, values }) => `${r.label(field)} = ${values.join(', ')}`);
  return (
    <Text size="sm" px="lg" pb="sm">
      <Text span inherit fw={600}>
        {t.nothingCounted}
      </Text>{' '}
      {since && t.nothingYet(f.dateOf(since, tenants[0]?.zone ?? 'UTC'))}
      {!since && filters.length > 0 && t.nothingMatches(filters.join('; '))}
    </Text>
  );
}
