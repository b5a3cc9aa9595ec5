import type { ECharts, EChartsCoreOption } from 'echarts/core';
import { nearest, type Stop } from './stops';

/** Dots at the ends of a line reach beyond the plot by so many pixels. */
const overhang = 8;

/** A chart as it stands. */
interface Standing {
  chart: ECharts;
  options: EChartsCoreOption;
  /** What the legend has switched on or off, by its name; what it does not say is on. */
  selected: Record<string, boolean>;
  stops: Stop[];
}

/** The number of a chart that a place in its plot is nearest to, in the period or name that the place belongs to. */
export function stopAt({ chart, options, selected, stops }: Standing, x: number, y: number): Stop | undefined {
  const grid = { gridIndex: 0 };
  if (![x - overhang, x, x + overhang].some((near) => chart.containPixel(grid, [near, y]))) return undefined;
  const { xAxis, series } = options as { xAxis: { type: string }; series: { name: string }[] };
  const [across = 0, up = 0] = chart.convertFromPixel(grid, [x, y]);
  const shown = stops.filter((s) => selected[series[s.series]?.name ?? ''] !== false);
  // Bars lie: their names go down, and each has one number.
  if (xAxis.type !== 'category') return nearest(shown, Math.round(up), 0, () => 0);
  return nearest(shown, Math.round(across), y, (s) => chart.convertToPixel(grid, [s.index, s.value])[1] ?? 0);
}
