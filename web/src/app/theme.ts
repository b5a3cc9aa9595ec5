import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The green of a patinated tally: shade 7 on light ground and 4 on dark have a contrast of at least 4.5 to 1. */
const tally: MantineColorsTuple = [
  '#ecf7f4',
  '#d7ebe6',
  '#acd7cc',
  '#7ec2b1',
  '#5ab19b',
  '#43a78e',
  '#2c9079',
  '#1f7a6c',
  '#17675b',
  '#0b5348',
];

/** Dark grounds with a touch of the green: 7 is below everything, 6 are cards and fields, 4 are borders. */
const dark: MantineColorsTuple = [
  '#d9e0de',
  '#b6c0bd',
  '#9aa6a2',
  '#717d79',
  '#37403e',
  '#2a3230',
  '#1c2221',
  '#181d1c',
  '#121615',
  '#0d100f',
];

/** Reds a step darker than Mantine's: white on shade 7, and shade 7 on white, have a contrast of 5.6 to 1. */
const red: MantineColorsTuple = [
  '#fff5f5',
  '#ffe3e3',
  '#ffc9c9',
  '#ffa8a8',
  '#ff8787',
  '#fa5252',
  '#e03131',
  '#c92a2a',
  '#b02525',
  '#8f1d1d',
];

/** Oranges a step darker than Mantine's, for the same reason. */
const orange: MantineColorsTuple = [
  '#fff4e6',
  '#ffe8cc',
  '#ffd8a8',
  '#ffc078',
  '#ffa94d',
  '#fd7e14',
  '#d9480f',
  '#b3440a',
  '#963a08',
  '#7a2f06',
];

export const theme = createTheme({
  primaryColor: 'tally',
  primaryShade: { light: 7, dark: 7 },
  colors: { tally, dark, red, orange },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif",
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1.05rem', lineHeight: '1.4' } },
  },
  components: {
    // A menu has nothing in it but items, the first of which has the focus, and stands in a landmark as everything does.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, portalProps: { target: 'main' } } },
    Modal: { defaultProps: { centered: true } },
    Anchor: { defaultProps: { underline: 'hover' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});
