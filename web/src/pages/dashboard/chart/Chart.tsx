import { VisuallyHidden } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type KeyboardEvent, type RefObject, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useWords } from '../../../i18n/words';
import { dashboardWords } from '../words';
import classes from './Chart.module.css';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** A number of a chart that the keyboard can go to. */
export interface Stop {
  /** Its place: the number of its line, and how far along it is. */
  series: number;
  index: number;
  /** What it is and what it says. */
  text: string;
  /** The row that it stands in, where it has one. */
  row?: number;
}

/** Draws what a chart shows now. */
export interface Picture {
  canvas: (ground: string) => HTMLCanvasElement;
}

interface Props {
  options: EChartsCoreOption;
  height: number;
  /** What the chart shows, for whoever can't see it. */
  description: string;
  stops: Stop[];
  /** Somebody opens a number: the row that it stands in. */
  onRow: (row: number) => void;
  picture: RefObject<Picture | null>;
}

/** A drawing surface that follows the size of its place. With the keyboard one goes from number to number: left and right along a line, up and down between lines. */
export function Chart({ options, height, description, stops, onRow, picture }: Props) {
  const t = useWords(dashboardWords);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const onRowNow = useRef(onRow);
  const [at, setAt] = useState<Stop>();
  useEffect(() => {
    onRowNow.current = onRow;
  });
  useImperativeHandle(picture, () => ({
    canvas: (ground) => {
      if (!chart.current) throw new Error('nothing is drawn');
      return chart.current.renderToCanvas({ pixelRatio: 2, backgroundColor: ground });
    },
  }));
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

  const go = (to: Stop | undefined) => {
    chart.current?.dispatchAction({ type: 'downplay' });
    setAt(to);
    if (!to) {
      chart.current?.dispatchAction({ type: 'hideTip' });
      return;
    }
    chart.current?.dispatchAction({ type: 'highlight', seriesIndex: to.series, dataIndex: to.index });
    chart.current?.dispatchAction({ type: 'showTip', seriesIndex: to.series, dataIndex: to.index });
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && at?.row !== undefined) return onRow(at.row);
    const next = after(stops, at, event.key);
    if (!next) return;
    event.preventDefault();
    go(next);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: no element is a chart
    <div
      role="group"
      aria-label={t.chartKeys}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the numbers in it are gone to by keys
      tabIndex={0}
      className={classes.keys}
      onKeyDown={onKey}
      onBlur={() => go(undefined)}
    >
      <div ref={place} role="img" aria-label={description} className={classes.chart} style={{ height }} />
      <VisuallyHidden aria-live="polite">{at?.text}</VisuallyHidden>
    </div>
  );
}

/** The stop that a key leads to from another, or from none. */
export function after(stops: Stop[], at: Stop | undefined, key: string): Stop | undefined {
  const line = stops.filter((s) => s.series === (at?.series ?? stops[0]?.series));
  const here = at ? line.findIndex((s) => s.index === at.index) : -1;
  switch (key) {
    case 'ArrowRight':
      return line[Math.min(here + 1, line.length - 1)];
    case 'ArrowLeft':
      return line[here < 0 ? line.length - 1 : Math.max(here - 1, 0)];
    case 'Home':
      return line[0];
    case 'End':
      return line[line.length - 1];
    case 'ArrowUp':
    case 'ArrowDown': {
      if (!at) return line[0];
      const others = stops.filter((s) => (key === 'ArrowUp' ? s.series < at.series : s.series > at.series));
      const next = key === 'ArrowUp' ? others[others.length - 1]?.series : others[0]?.series;
      const same = others.filter((s) => s.series === next);
      return same.find((s) => s.index >= at.index) ?? same[same.length - 1];
    }
    default:
      return undefined;
  }
}
