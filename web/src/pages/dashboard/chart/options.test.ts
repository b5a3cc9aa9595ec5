import { expect, test } from 'vitest';
import { formatsOf } from '../../../i18n/format';
import { lineOptions, mostCompared } from './options';
import { palettes } from './palette';

const look = {
  palette: palettes.light,
  f: formatsOf('en'),
  font: 'sans-serif',
  narrow: false,
  names: 200,
  earlier: 'period before',
};

function drawn(count: number) {
  const series = Array.from({ length: count }, (_, i) => ({
    name: `s${i}`,
    points: [{ value: 2 }, { value: 3 }],
    before: [1, 2],
  }));
  const options = lineOptions({ periods: ['2026-11-01', '2026-11-02'], series, of: count }, 'Sessions', look);
  return options.series as { name: string; color?: string; lineStyle: { type?: string } }[];
}

test('each of several lines has that of the period before in its own colour, dashed', () => {
  const dashed = drawn(mostCompared).filter((s) => s.lineStyle.type === 'dashed');
  expect(dashed.map((s) => s.name)).toEqual(['s0', 's1', 's2', 's3'].map((name) => `${name}, period before`));
  expect(dashed.map((s) => s.color)).toEqual(palettes.light.series.slice(0, mostCompared));
});

test('of more lines than can be told apart with them, those of the period before are not drawn', () => {
  expect(drawn(mostCompared + 1).map((s) => s.name)).toEqual(['s0', 's1', 's2', 's3', 's4']);
});
