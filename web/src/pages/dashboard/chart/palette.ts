/**
 * Colours after Okabe and Ito, which those who see no red or no green tell apart too, darkened or lightened until each has a contrast of 3 to 1 with the ground.
 * Lines have symbols of different shapes besides.
 */
export const palettes = {
  light: {
    series: ['#1f7a6c', '#c4570a', '#0a6ab0', '#a8578a', '#8a6d00', '#3a87b8', '#5f6b68', '#6b4fa0'],
    text: '#5a6662',
    line: '#e3e8e6',
    ground: '#ffffff',
    strong: '#1d2422',
  },
  dark: {
    series: ['#5ab19b', '#f0904a', '#6cb2ee', '#dd9cc2', '#dcb53c', '#9ad6f5', '#a8b3af', '#bda2ea'],
    text: '#9aa6a2',
    line: '#333b39',
    ground: '#242b29',
    strong: '#e6ecea',
  },
} as const;

export type Palette = (typeof palettes)['light'] | (typeof palettes)['dark'];

export const symbols = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow', 'emptyCircle'];
