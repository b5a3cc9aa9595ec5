import type { EChartsCoreOption } from 'echarts/core';

/** What a line or bar of a chart is called and looks like. */
export interface LegendEntry {
  name: string;
  color: string;
  dashed: boolean;
}

interface Drawn {
  color: string[];
  series: { name: string; color?: string; itemStyle?: { color?: string }; lineStyle?: { type?: string } }[];
}

/** Says what is what in a chart, of those that are not switched off. One alone needs no name beside it. */
export function legendOf(options: EChartsCoreOption, selected: Record<string, boolean>): LegendEntry[] {
  const { color, series } = options as unknown as Drawn;
  if (series.length < 2) return [];
  return series.flatMap((s, i) => {
    if (selected[s.name] === false) return [];
    const own = s.color ?? s.itemStyle?.color ?? color[i % color.length] ?? '';
    return [{ name: s.name, color: own, dashed: s.lineStyle?.type === 'dashed' }];
  });
}

/** Puts things of these widths beside each other, and into further rows where no more fit: where each of them begins. */
export function placed(widths: number[], most: number, gap: number): { x: number; row: number }[] {
  let [x, row] = [0, 0];
  return widths.map((width) => {
    if (x > 0 && x + width > most) [x, row] = [0, row + 1];
    const place = { x, row };
    x += width + gap;
    return place;
  });
}
