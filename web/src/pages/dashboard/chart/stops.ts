/** A number of a chart that the keyboard can go to, and that a click near it opens. */
export interface Stop {
  /** Its place: the number of its line, and how far along it is. */
  series: number;
  index: number;
  value: number;
  /** What it is and what it says. */
  text: string;
  /** The row that it stands in, where it has one. */
  row?: number;
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

/** The stop that is nearest to a height among those at a place along the axis that open something. Heights are in pixels, as the chart has them. */
export function nearest(
  stops: Stop[],
  index: number,
  height: number,
  heightOf: (stop: Stop) => number,
): Stop | undefined {
  const far = (s: Stop) => Math.abs(heightOf(s) - height);
  const [first, ...others] = stops.filter((s) => s.index === index && s.row !== undefined);
  return others.reduce((best, s) => (best && far(s) < far(best) ? s : best), first);
}
