import type { EChartsCoreOption } from 'echarts/core';
import type { Formats } from '../../../i18n/format';
import { type Palette, symbols } from './palette';
import type { barsOf, linesOf } from './series';

interface Look {
  palette: Palette;
  f: Formats;
  font: string;
  /** Whether there is little room, as on a phone. */
  narrow: boolean;
  /** The most room for the names of bars, in pixels. */
  names: number;
  /** What the numbers of the period before are called. */
  earlier: string;
}

/** The most lines that have the line of the period before beside them: more can't be told apart. */
export const mostCompared = 4;

/** What a tooltip and an axis look like. Tooltips are drawn, never HTML: names in them come from events of strangers. */
function common({ palette, font, f }: Look): EChartsCoreOption {
  return {
    color: [...palette.series],
    textStyle: { fontFamily: font, color: palette.text },
    animationDuration: 250,
    tooltip: {
      renderMode: 'richText',
      confine: true,
      backgroundColor: palette.ground,
      borderColor: palette.line,
      textStyle: { color: palette.strong, fontSize: 13, fontFamily: font },
      valueFormatter: (v: unknown) => (typeof v === 'number' ? f.number(v) : '–'),
    },
  };
}

/** A period as an axis shows it: days without their year. */
export function periodLabel(period: string, f: Formats): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(period)) return f.day(period);
  if (/^\d{4}-\d{2}$/.test(period)) return f.month(period);
  return period.replace('T', ' ');
}

export function lineOptions(lines: ReturnType<typeof linesOf>, measure: string, look: Look): EChartsCoreOption {
  const { palette, f, narrow } = look;
  const several = lines.series.length > 1;
  const earlier =
    lines.series.length > mostCompared ? [] : lines.series.flatMap((s, i) => (s.before ? [{ ...s, of: i }] : []));
  const legend = several || earlier.length > 0;
  return {
    ...common(look),
    grid: {
      left: 8,
      right: 16,
      top: legend ? 46 : 14,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    legend: legend
      ? {
          type: 'scroll',
          top: 4,
          left: 4,
          right: 4,
          icon: 'roundRect',
          itemWidth: 14,
          itemHeight: 10,
          textStyle: { color: palette.text, fontSize: 12, lineHeight: 18 },
          pageTextStyle: { color: palette.text },
          pageIconColor: palette.text,
        }
      : { show: false },
    tooltip: {
      ...(common(look).tooltip as object),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: palette.text, width: 1, type: 'dashed' } },
    },
    xAxis: {
      type: 'category',
      data: lines.periods.map((p) => periodLabel(p, f)),
      boundaryGap: false,
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { color: palette.text, fontSize: 11, hideOverlap: true, margin: 10 },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: narrow ? 3 : 4,
      splitLine: { lineStyle: { color: palette.line } },
      axisLabel: { color: palette.text, fontSize: 11, formatter: (v: number) => f.number(v) },
    },
    series: [
      ...lines.series.map((s, i) => ({
        type: 'line',
        name: s.name || measure,
        data: s.points.map((p) => (p ? { value: p.value, row: p.row } : null)),
        symbol: symbols[i % symbols.length],
        symbolSize: 7,
        showSymbol: lines.periods.length <= 31,
        lineStyle: { width: 2 },
        areaStyle: several ? undefined : { opacity: 0.09 },
        emphasis: { focus: several ? 'series' : 'none', scale: 1.5 },
      })),
      ...earlier.map((s) => ({
        type: 'line',
        name: several ? `${s.name}, ${look.earlier}` : look.earlier,
        data: s.before,
        symbol: s.before?.filter((v) => v !== null).length === 1 ? 'circle' : 'none', // one point makes no line
        lineStyle: { width: 1.5, type: 'dashed', opacity: several ? 0.6 : 0.8 },
        color: several ? palette.series[s.of % palette.series.length] : palette.text,
        z: 1,
      })),
    ],
  };
}

export function barOptions(bars: ReturnType<typeof barsOf>, measure: string, look: Look): EChartsCoreOption {
  const { palette, f, names } = look;
  return {
    ...common(look),
    grid: { left: 8, right: 48, top: 4, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: { ...(common(look).tooltip as object), trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: { type: 'value', show: false, minInterval: 1 },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map((b) => b.name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: palette.text, fontSize: 12, width: names, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        name: measure,
        data: bars.map((b) => ({ value: b.point.value, row: b.point.row })),
        barMaxWidth: 22,
        itemStyle: { borderRadius: [0, 4, 4, 0] },
        z: 3,
        label: {
          show: true,
          position: 'right',
          color: palette.strong,
          fontSize: 12,
          formatter: (p: { value: number }) => f.number(p.value),
        },
      },
      ...(bars.some((b) => b.before !== undefined)
        ? [
            {
              type: 'bar',
              name: look.earlier,
              data: bars.map((b) => b.before),
              barMaxWidth: 6,
              itemStyle: { color: palette.text, opacity: 0.55, borderRadius: [0, 3, 3, 0] },
            },
          ]
        : []),
    ],
  };
}
