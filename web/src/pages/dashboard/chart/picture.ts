import type { Picture } from './Chart';
import { palettes } from './palette';

const margin = 32;
const first = 44;
const further = 40;

/** Saves what a chart shows as a PNG, below lines that say what it is, on the ground of the page. */
export function savePicture(picture: Picture, lines: string[], name: string): void {
  const scheme = document.documentElement.dataset.mantineColorScheme === 'dark' ? 'dark' : 'light';
  const { ground, strong, text } = palettes[scheme];
  const drawn = picture.canvas(ground);
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width + 2 * margin;
  canvas.height = drawn.height + 3 * margin + first + further * (lines.length - 1);
  const paper = canvas.getContext('2d');
  if (!paper) return;
  paper.fillStyle = ground;
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(drawn, margin, canvas.height - margin - drawn.height);
  const font = getComputedStyle(document.body).fontFamily;
  lines.forEach((line, i) => {
    paper.fillStyle = i === 0 ? strong : text;
    paper.font = i === 0 ? `600 34px ${font}` : `26px ${font}`;
    paper.fillText(line, margin, margin + 32 + i * further, drawn.width);
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
