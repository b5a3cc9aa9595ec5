/** A civil date that there is, as 2025-03-31. */
function civil(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : undefined;
}

/**
 * Reads a date that somebody has written: 2025-03-31, 31.3.2025, 31/3/2025, or as the app writes dates itself. Where numbers alone could be day or month, they are
 * what the reader's own way of writing says. null: it is none.
 */
export function dateOf(text: string, shown: (date: string) => string): string | null {
  const written = text.trim();
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(written);
  if (iso) return civil(Number(iso[1]), Number(iso[2]), Number(iso[3])) ?? null;
  const numbers = /^(\d{1,2})([./])\s*(\d{1,2})[./]\s*(\d{4})$/.exec(written);
  if (numbers) {
    const [first, second, year] = [Number(numbers[1]), Number(numbers[3]), Number(numbers[4])];
    const monthFirst = numbers[2] === '/' && /^\D/.test(shown('2025-03-31')); // such as Mar 31, 2025
    return (monthFirst ? civil(year, first, second) : civil(year, second, first)) ?? null;
  }
  const year = /\b(\d{4})\b/.exec(written)?.[1];
  if (!year) return null;
  const plain = (t: string) =>
    t
      .toLowerCase()
      .replace(/[.,\s]+/g, ' ')
      .trim();
  for (let month = 1; month <= 12; month++) {
    for (let day = 1; day <= 31; day++) {
      const date = civil(Number(year), month, day);
      if (date && plain(shown(date)) === plain(written)) return date;
    }
  }
  return null;
}

/** What is wrong with a date that somebody has written: there is none like it, or it is before the first or behind the last that can be chosen. undefined: nothing. */
export function dateProblem(
  text: string,
  { min, max }: { min?: string; max?: string },
  shown: (date: string) => string,
): 'none' | 'early' | 'late' | undefined {
  if (text.trim() === '') return undefined;
  const date = dateOf(text, shown);
  if (date === null) return 'none';
  if (min && date < min) return 'early';
  return max && date > max ? 'late' : undefined;
}
