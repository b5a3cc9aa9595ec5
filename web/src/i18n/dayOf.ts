/** The date that a text begins with, as 2025-03-31. undefined: with none that there is. */
export function dayOf(text: string | undefined): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text ?? '')?.[0];
  return day && new Date(`${day}T00:00Z`).getUTCDate() === Number(day.slice(8)) ? day : undefined;
}
