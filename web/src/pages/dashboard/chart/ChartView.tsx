import { Box, Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type RefObject, useCallback, useMemo, useState } from 'react';
import { theme } from '../../../app/theme';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import { OneOf } from '../../../parts/OneOf';
import type { Row } from '../../../reports/answers';
import type { Column } from '../../../reports/definitions';
import type { Drawing } from '../../../reports/drawing';
import { useReportText } from '../useReportText';
import { dashboardWords } from '../words';
import { Chart, type Picture } from './Chart';
import classes from './Chart.module.css';
import { notComparedText, rangeText, said } from './describe';
import { barOptions, lineOptions, mostCompared, periodLabel } from './options';
import { palettes } from './palette';
import { type Around, type Before, barsOf, linesOf, totalsOf } from './series';
import type { Stop } from './stops';

/** Of more bars some are out of sight. */
const barsInSight = 12;

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
  const shared = {
    columns,
    rows,
    value,
    before,
    dates,
    picture,
    pictured: names.length > 1 ? [r.text(measure)] : [],
    onRow: (row: number) => open(row, measure),
  };
  return (
    <Box px="md" pb="md" className={classes.filled}>
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
  /** What the picture says of the chart. */
  pictured: string[];
  onRow: (row: number) => void;
}

/** The text of a cell as it is shown, by its column. */
function useSay(columns: Column[]) {
  const r = useReportText();
  return useCallback((text: string, column: number) => r.cell(columns[column]?.name ?? '', text), [columns, r]);
}

function useLook() {
  const t = useWords(dashboardWords);
  const f = useFormats();
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme('light');
  const narrow = width > 0 && width < 480;
  // Two fifths of the width, in steps: not each pixel of it is another chart.
  const names = Math.min(300, Math.max(110, Math.round((width * 0.4) / 20) * 20));
  return {
    ref,
    look: useMemo(
      () => ({ palette: palettes[scheme], f, font: theme.fontFamily ?? '', narrow, names, earlier: t.periodBefore }),
      [scheme, f, narrow, names, t],
    ),
  };
}

function Lines({ drawing, columns, rows, value, before, dates, picture, pictured, onRow }: DrawnProps<'lines'>) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const { ref, look } = useLook();
  const say = useSay(columns);
  const { period, labels } = drawing;
  const measure = r.text(columns[value]?.name ?? '');
  const counts = columns[value]?.type === 'integer';
  const lines = useMemo(
    () =>
      linesOf(rows, period, labels, value, {
        absent: counts ? { value: 0 } : null,
        before,
        dates,
        say,
      }),
    [rows, period, labels, value, counts, before, dates, say],
  );
  const options = useMemo(() => lineOptions(lines, measure, look), [lines, measure, look]);
  const points = lines.series.flatMap((s, series) =>
    s.points.flatMap((p, index) => {
      if (!p) return [];
      const name = [s.name, periodLabel(lines.periods[index] ?? '', look.f)].filter(Boolean).join(', ');
      const earlier = s.before?.[index];
      return [
        {
          name,
          value: p.value,
          stop: { series, index, value: p.value, row: p.row, text: said(name, p.value, earlier, t, look.f) },
        },
      ];
    }),
  );
  const description = [
    t.describeLines(measure, r.text(columns[period]?.name ?? ''), lines.series.length, lines.periods.length),
    rangeText(points, t, look.f),
    t.describeTable,
  ].join(' ');
  const notes = [
    ...(lines.of > lines.series.length ? [t.someSeries(lines.series.length, lines.of)] : []),
    ...(before && lines.series.length > mostCompared
      ? [notComparedText(totalsOf(rows, period, labels, value, { before, say }), t, look.f)]
      : []),
  ];
  return (
    <div ref={ref} className={classes.filled}>
      <Chart
        options={options}
        height={260}
        fills
        description={description}
        stops={points.map((p) => p.stop)}
        onRow={onRow}
        picture={picture}
        pictured={[...pictured, ...notes]}
      />
      {notes.map((note) => (
        <Text key={note} size="xs" c="dimmed" px="xs">
          {note}
        </Text>
      ))}
    </div>
  );
}

function Bars({ drawing, columns, rows, value, before, picture, pictured, onRow }: DrawnProps<'bars'>) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const { ref, look } = useLook();
  const say = useSay(columns);
  const { labels } = drawing;
  const bars = useMemo(() => barsOf(rows, labels, value, { before, say }), [rows, labels, value, before, say]);
  const measure = r.text(columns[value]?.name ?? '');
  const stops = bars.map(
    (b, index): Stop => ({
      series: 0,
      index,
      value: b.point.value,
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
    <>
      <div ref={ref} className={classes.bars}>
        <Chart
          options={options}
          height={Math.max(120, bars.length * 32 + 12)}
          description={description}
          stops={stops}
          onRow={onRow}
          picture={picture}
          pictured={pictured}
        />
      </div>
      {bars.length > barsInSight && (
        <Text size="xs" c="dimmed" px="xs" pt={4}>
          {t.scrollBars(bars.length)}
        </Text>
      )}
    </>
  );
}
