import { Box, Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type RefObject, useMemo, useState } from 'react';
import { theme } from '../../../app/theme';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import { OneOf } from '../../../parts/OneOf';
import type { Row } from '../../../reports/answers';
import type { Column } from '../../../reports/definitions';
import type { Drawing } from '../../../reports/drawing';
import { useReportText } from '../useReportText';
import { dashboardWords } from '../words';
import { Chart, type Picture, type Stop } from './Chart';
import { rangeText, said } from './describe';
import { barOptions, lineOptions, periodLabel } from './options';
import { palettes } from './palette';
import { type Around, type Before, barsOf, linesOf } from './series';

interface Props {
  drawing: Extract<Drawing, { kind: 'lines' | 'bars' }>;
  columns: Column[];
  rows: Row[];
  open: (row: number, column: string) => void;
  /** The rows of the period before, where it is compared. */
  before?: Before;
  /** The first and last date of the period, where dates are days. */
  dates?: Around['dates'];
  /** Is given what draws the chart into a picture. */
  picture: RefObject<Picture | null>;
}

/** A table as a chart, of one of its numbers at a time. */
export default function ChartView({ drawing, columns, rows, open, before, dates, picture }: Props) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const [chosen, choose] = useState<string | null>(null);
  const names = drawing.values.map((i) => columns[i]?.name ?? '');
  const measure = chosen !== null && names.includes(chosen) ? chosen : (names[0] ?? '');
  const value = drawing.values[names.indexOf(measure)] ?? 0;
  const shared = { columns, rows, value, before, dates, picture, onRow: (row: number) => open(row, measure) };
  return (
    <Box px="md" pb="md">
      {names.length > 1 && (
        <OneOf
          size="xs"
          maw={260}
          aria-label={t.measure}
          data={names.map((name) => ({ value: name, label: r.text(name) }))}
          value={measure}
          onChange={choose}
          mb="xs"
        />
      )}
      {drawing.kind === 'lines' ? <Lines drawing={drawing} {...shared} /> : <Bars drawing={drawing} {...shared} />}
    </Box>
  );
}

interface DrawnProps<K> extends Pick<Props, 'columns' | 'rows' | 'before' | 'dates' | 'picture'> {
  drawing: Extract<Drawing, { kind: K }>;
  value: number;
  onRow: (row: number) => void;
}

function useLook() {
  const t = useWords(dashboardWords);
  const f = useFormats();
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme('light');
  const narrow = width > 0 && width < 480;
  return {
    ref,
    look: useMemo(
      () => ({ palette: palettes[scheme], f, font: theme.fontFamily ?? '', narrow, earlier: t.periodBefore }),
      [scheme, f, narrow, t],
    ),
  };
}

function Lines({ drawing, columns, rows, value, before, dates, picture, onRow }: DrawnProps<'lines'>) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const { ref, look } = useLook();
  const { period, labels } = drawing;
  const measure = r.text(columns[value]?.name ?? '');
  const counts = columns[value]?.type === 'integer';
  const lines = useMemo(
    () =>
      linesOf(rows, period, labels, value, {
        absent: counts ? { value: 0 } : null,
        before,
        dates,
        say: (text, i) => r.cell(columns[i]?.name ?? '', text),
      }),
    [rows, columns, period, labels, value, counts, before, dates, r],
  );
  const options = useMemo(() => lineOptions(lines, measure, look), [lines, measure, look]);
  const points = lines.series.flatMap((s, series) =>
    s.points.flatMap((p, index) => {
      if (!p) return [];
      const name = [s.name, periodLabel(lines.periods[index] ?? '', look.f)].filter(Boolean).join(', ');
      const earlier = s.before?.[index];
      return [
        { name, value: p.value, stop: { series, index, row: p.row, text: said(name, p.value, earlier, t, look.f) } },
      ];
    }),
  );
  const description = [
    t.describeLines(measure, r.text(columns[period]?.name ?? ''), lines.series.length, lines.periods.length),
    rangeText(points, t, look.f),
    t.describeTable,
  ].join(' ');
  return (
    <div ref={ref}>
      <Chart
        options={options}
        height={260}
        description={description}
        stops={points.map((p) => p.stop)}
        onRow={onRow}
        picture={picture}
      />
      {lines.of > lines.series.length && (
        <Text size="xs" c="dimmed" px="xs">
          {t.someSeries(lines.series.length, lines.of)}
        </Text>
      )}
    </div>
  );
}

function Bars({ drawing, columns, rows, value, before, picture, onRow }: DrawnProps<'bars'>) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const { ref, look } = useLook();
  const { labels } = drawing;
  const bars = useMemo(
    () => barsOf(rows, labels, value, { before, say: (text, i) => r.cell(columns[i]?.name ?? '', text) }),
    [rows, columns, labels, value, before, r],
  );
  const measure = r.text(columns[value]?.name ?? '');
  const stops = bars.map(
    (b, index): Stop => ({
      series: 0,
      index,
      row: b.point.row,
      text: said(b.name, b.point.value, b.before, t, look.f),
    }),
  );
  const options = useMemo(() => barOptions(bars, measure, look), [bars, measure, look]);
  const description = [
    t.describeBars(measure, labels.map((i) => r.text(columns[i]?.name ?? '')).join(', ')),
    rangeText(
      bars.map((b) => ({ name: b.name, value: b.point.value })),
      t,
      look.f,
    ),
    t.describeTable,
  ].join(' ');
  return (
    <div ref={ref}>
      <Chart
        options={options}
        height={Math.max(120, bars.length * 32 + 12)}
        description={description}
        stops={stops}
        onRow={onRow}
        picture={picture}
      />
    </div>
  );
}
