import { VisuallyHidden } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type KeyboardEvent, type RefObject, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useWords } from '../../../i18n/words';
import { dashboardWords } from '../words';
import classes from './Chart.module.css';
import { type LegendEntry, legendOf } from './legend';
import { stopAt } from './stopAt';
import { after, type Stop } from './stops';

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

/** Draws what a chart shows now, for a picture: the legend is beside it, and is whole. */
export interface Picture {
  draw: (ground: string) => { canvas: HTMLCanvasElement; legend: LegendEntry[]; notes: string[] };
}

/** In CSS pixels: a picture of a phone's chart has room for its axis, too. */
const leastPictured = 720;

interface Props {
  options: EChartsCoreOption;
  /** In CSS pixels. */
  height: number;
  /** It is higher where the place has more room. */
  fills?: boolean;
  /** What the chart shows, for whoever can't see it. */
  description: string;
  stops: Stop[];
  /** Somebody opens a number: the row that it stands in. */
  onRow: (row: number) => void;
  picture: RefObject<Picture | null>;
  /** What the picture says of it besides. */
  pictured: string[];
}

/** A drawing surface that follows the size of its place. With the keyboard one goes from number to number: left and right along a line, up and down between lines. */
export function Chart({ options, height, fills, description, stops, onRow, picture, pictured }: Props) {
  const t = useWords(dashboardWords);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const now = useRef({ options, stops, onRow });
  const selected = useRef<Record<string, boolean>>({});
  const [at, setAt] = useState<Stop>();
  useEffect(() => {
    now.current = { options, stops, onRow };
  });
  useImperativeHandle(picture, () => ({
    draw: (ground) => {
      if (!chart.current) throw new Error('nothing is drawn');
      const width = Math.max(chart.current.getWidth(), leastPictured);
      const canvas = drawnAlone(options, selected.current, width, height, ground);
      return { canvas, legend: legendOf(options, selected.current), notes: pictured };
    },
  }));
  useEffect(() => {
    if (!place.current) return;
    const made = init(place.current, null, { renderer: 'canvas' });
    chart.current = made;
    made.on('legendselectchanged', (event) => {
      selected.current = (event as { selected: Record<string, boolean> }).selected;
    });
    // Who aims at a number need not meet its dot: a click is of the one that the tooltip shows, of several the nearest.
    const aimedAt = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }) =>
      stopAt({ chart: made, selected: selected.current, ...now.current }, offsetX, offsetY)?.row;
    made.getZr().on('click', (event) => {
      const row = aimedAt(event);
      if (row !== undefined) now.current.onRow(row);
    });
    made.getZr().on('mousemove', (event) => {
      if (aimedAt(event) !== undefined) made.getZr().setCursorStyle('pointer');
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);
  useEffect(() => {
    selected.current = {};
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
    // Bars may be out of sight.
    const box = place.current?.closest(`.${classes.bars}`);
    const [, top = 0] = chart.current?.convertToPixel({ gridIndex: 0 }, [0, to.index]) ?? [];
    box?.scrollTo({ top: top - box.clientHeight / 2 });
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
      data-fills={fills || undefined}
      onKeyDown={onKey}
      onBlur={() => go(undefined)}
    >
      <div
        ref={place}
        role="img"
        aria-label={description}
        className={classes.chart}
        style={fills ? { minHeight: height } : { height }}
      />
      <VisuallyHidden aria-live="polite">{at?.text}</VisuallyHidden>
    </div>
  );
}

/** Draws a chart as it stands, without its legend, into a canvas of its own. */
function drawnAlone(
  options: EChartsCoreOption,
  selected: Record<string, boolean>,
  width: number,
  height: number,
  ground: string,
): HTMLCanvasElement {
  const made = init(document.createElement('div'), null, { renderer: 'canvas', width, height });
  made.setOption({
    ...options,
    animation: false,
    grid: { ...(options.grid as object), top: 14 },
    legend: { show: false, selected },
  });
  const canvas = made.renderToCanvas({ pixelRatio: 2, backgroundColor: ground });
  made.dispose();
  return canvas;
}
