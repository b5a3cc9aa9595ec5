/** The date's first instant on the reader's clock. */
export function dayBegins(date: string): string {
  return midnight(date, 0);
}

/** The first instant after the date. */
export function dayEnds(date: string): string {
  return midnight(date, 1);
}

function midnight(date: string, later: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day + later).toISOString();
}
