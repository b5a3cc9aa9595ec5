import { SegmentedControl } from '@mantine/core';
import { useWords } from '../../../i18n/words';
import { dashboardWords } from '../words';

export type View = 'chart' | 'table';

/** Whether a table is seen as a chart or as itself. */
export default function ViewChoice({
  label,
  value,
  onChange,
}: {
  label: string;
  value: View;
  onChange: (view: View) => void;
}) {
  const t = useWords(dashboardWords);
  return (
    <SegmentedControl
      size="xs"
      aria-label={label}
      value={value}
      onChange={(v) => onChange(v === 'table' ? 'table' : 'chart')}
      data={[
        { value: 'chart', label: t.chart },
        { value: 'table', label: t.table },
      ]}
    />
  );
}
