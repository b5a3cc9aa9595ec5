import { Box, Select, Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { theme } from '../../../app/theme';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import type { Row } from '../../../reports/answers';
import type { Column } from '../../../reports/definitions';
import type { Drawing } from '../../../reports/drawing';
import { dashboardWords } from '../words';
import { Chart } from './Chart';
import { rangeText } from './describe';
import { barOptions, lineOptions, periodLabel } from './options';
import { palettes } from './palette';
import { barsOf, linesOf } from './series';

interface Props {
  drawing: Extract<Drawing, { kind: 'lines' | 'bars' }>;
  columns: Column[];
  rows: Row[];
  open: (row: number, column: string) => void;
}

/** A table as a chart, of one of its numbers at a time. */
export default function ChartView({ drawing, columns, rows, open }: Props) {
  const t = useWords(dashboardWords);
  const [chosen, choose] = useState<string | null>(null);
  const names = drawing.values.map((i) => columns[i]?.name ?? '');
  const measure = chosen !== null && names.includes(chosen) ? chosen : (names[0] ?? '');
  const value = drawing.values[names.indexOf(measure)] ?? 0;
  const onRow = (row: number) => open(row, measure);
  return (
    <Box px="md" pb="md">
      {names.length > 1 && (
        <Select
          size="xs"
          maw={260}
          aria-label={t.measure}
          data={names}
          value={measure}
          onChange={choose}
          allowDeselect={false}
          mb="xs"
        />
      )}
      {drawing.kind === 'lines' ? (
        <Lines drawing={drawing} columns={columns} rows={rows} value={value} onRow={onRow} />
      ) : (
        <Bars drawing={drawing} columns={columns} rows={rows} value={value} onRow={onRow} />
      )}
    </Box>
  );
}

interface DrawnProps<K> {
  drawing: Extract<Drawing, { kind: K }>;
  columns: Column[];
  rows: Row[];
  value: number;
  onRow: (row: number) => void;
}

function useLook() {
  const f = useFormats();
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme('light');
  const narrow = width > 0 && width < 480;
  return {
    ref,
    look: useMemo(() => ({ palette: palettes[scheme], f, font: theme.fontFamily ?? '', narrow }), [scheme, f, narrow]),
  };
}

function Lines({ drawing, columns, rows, value, onRow }: DrawnProps<'lines'>) {
  const t = useWords(dashboardWords);
  const { ref, look } = useLook();
  const { period, labels } = drawing;
  const counts = columns[value]?.type === 'integer';
  const lines = useMemo(
    () => linesOf(rows, period, labels, value, counts ? { value: 0 } : null),
    [rows, period, labels, value, counts],
  );
  const options = useMemo(() => lineOptions(lines, look), [lines, look]);
  const points = lines.series.flatMap((s) =>
    s.points.flatMap((p, i) =>
      p
        ? [{ name: [s.name, periodLabel(lines.periods[i] ?? '', look.f)].filter(Boolean).join(', '), value: p.value }]
        : [],
    ),
  );
  const description = [
    t.describeLines(columns[value]?.name ?? '', columns[period]?.name ?? '', lines.series.length, lines.periods.length),
    rangeText(points, t, look.f),
    t.describeTable,
  ].join(' ');
  return (
    <div ref={ref}>
      <Chart options={options} height={260} description={description} onRow={onRow} />
      {lines.of > lines.series.length && (
        <Text size="xs" c="dimmed" px="xs">
          {t.someSeries(lines.series.length, lines.of)}
        </Text>
      )}
    </div>
  );
}

function Bars({ drawing, columns, rows, value, onRow }: DrawnProps<'bars'>) {
  const t = useWords(dashboardWords);
  const { ref, look } = useLook();
  const { labels } = drawing;
  const bars = useMemo(() => barsOf(rows, labels, value), [rows, labels, value]);
  const measure = columns[value]?.name ?? '';
  const options = useMemo(() => barOptions(bars, measure, look), [bars, measure, look]);
  const description = [
    t.describeBars(measure, labels.map((i) => columns[i]?.name).join(', ')),
    rangeText(
      bars.map((b) => ({ name: b.name, value: b.point.value })),
      t,
      look.f,
    ),
    t.describeTable,
  ].join(' ');
  return (
    <div ref={ref}>
      <Chart options={options} height={Math.max(120, bars.length * 32 + 12)} description={description} onRow={onRow} />
    </div>
  );
}
