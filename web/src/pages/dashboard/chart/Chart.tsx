import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import classes from './Chart.module.css';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

interface Props {
  options: EChartsCoreOption;
  height: number;
  /** What the chart shows, for whoever can't see it. */
  description: string;
  /** Somebody clicks at a number: the row that it stands in. */
  onRow: (row: number) => void;
}

/** A drawing surface that follows the size of its place. */
export function Chart({ options, height, description, onRow }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const onRowNow = useRef(onRow);
  useEffect(() => {
    onRowNow.current = onRow;
  });
  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current, null, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', (event) => {
      const data = event.data as { row?: number } | null;
      if (data && typeof data.row === 'number') onRowNow.current(data.row);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(options, { notMerge: true });
  }, [options]);
  return <div ref={place} role="img" aria-label={description} className={classes.chart} style={{ height }} />;
}
