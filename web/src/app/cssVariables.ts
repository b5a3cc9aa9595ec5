import type { CSSVariablesResolver } from '@mantine/core';

/** Grounds and greys of ours, where Mantine's are too faint for small text or too cold for the green. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page': '#f6f7f6',
    '--mantine-color-text': '#1d2422',
    '--mantine-color-dimmed': '#5a6662',
    '--mantine-color-placeholder': '#69756f',
    '--mantine-color-default-border': '#dde3e1',
    '--mantine-color-anchor': '#1f7a6c',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-orange-light-color': '#a33c00',
    '--mantine-color-yellow-light-color': '#855600',
  },
  dark: {
    '--page': '#111514',
    '--mantine-color-text': '#d9e0de',
    '--mantine-color-dimmed': '#9aa6a2',
    '--mantine-color-placeholder': '#8d9995',
    '--mantine-color-anchor': '#7ec2b1',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-disabled': '#2a3230',
    '--mantine-color-disabled-color': '#8d9995',
  },
});
