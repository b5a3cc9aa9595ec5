import type { Picture } from './Chart';
import { type LegendEntry, placed } from './legend';
import { palettes } from './palette';

const margin = 32;
const lineHeight = 40;
const titleFont = 34;
const textFont = 26;
const swatch = 40;

/** Saves what a chart shows as a PNG, on the ground of the page: below lines that say what it is, and all that its legend has. */
export function savePicture(picture: Picture, lines: string[], name: string): void {
  const scheme = document.documentElement.dataset.mantineColorScheme === 'dark' ? 'dark' : 'light';
  const { ground, strong, text } = palettes[scheme];
  const { canvas: drawn, legend, notes } = picture.draw(ground);
  const canvas = document.createElement('canvas');
  const paper = canvas.getContext('2d');
  if (!paper) return;
  const font = getComputedStyle(document.body).fontFamily;
  const [title, plain] = [`600 ${titleFont}px ${font}`, `${textFont}px ${font}`];
  const widthIn = (f: string) => (t: string) => {
    paper.font = f;
    return paper.measureText(t).width;
  };
  const [heading = '', ...about] = lines;
  const written = [
    ...wrapped(heading, drawn.width, widthIn(title)).map((line) => ({ line, font: title, color: strong })),
    ...[...about, ...notes]
      .flatMap((t) => wrapped(t, drawn.width, widthIn(plain)))
      .map((line) => ({ line, font: plain, color: text })),
  ];
  const places = placed(
    legend.map((e) => swatch + widthIn(plain)(e.name)),
    drawn.width,
    28,
  );
  const rows = written.length + (places[places.length - 1]?.row ?? -1) + 1;
  // The size is last to be set before drawing: it empties the canvas.
  canvas.width = drawn.width + 2 * margin;
  canvas.height = drawn.height + 3 * margin + rows * lineHeight;
  paper.fillStyle = ground;
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(drawn, margin, canvas.height - margin - drawn.height);
  const baseline = (row: number) => margin + titleFont + row * lineHeight;
  written.forEach((w, i) => {
    paper.font = w.font;
    paper.fillStyle = w.color;
    paper.fillText(w.line, margin, baseline(i));
  });
  paper.font = plain;
  legend.forEach((entry, i) => {
    const { x = 0, row = 0 } = places[i] ?? {};
    drawEntry(paper, entry, margin + x, baseline(written.length + row), text, drawn.width - swatch);
  });
  canvas.toBlob((png) => {
    if (!png) return;
    const address = URL.createObjectURL(png);
    const link = document.createElement('a');
    link.href = address;
    link.download = `${name}.png`;
    link.click();
    URL.revokeObjectURL(address);
  });
}

function drawEntry(
  paper: CanvasRenderingContext2D,
  { name, color, dashed }: LegendEntry,
  x: number,
  y: number,
  text: string,
  most: number,
) {
  paper.strokeStyle = color;
  paper.lineWidth = dashed ? 3 : 6;
  paper.setLineDash(dashed ? [7, 5] : []);
  paper.beginPath();
  paper.moveTo(x, y - 9);
  paper.lineTo(x + 28, y - 9);
  paper.stroke();
  paper.fillStyle = text;
  paper.fillText(name, x + swatch, y, most);
}

/** A text in lines that are no wider than that, broken between words. */
export function wrapped(text: string, most: number, width: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && width(`${last} ${word}`) <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
