import { useMemo } from 'react';
import { type Language, useLanguage } from './language';

/** The locale that numbers and dates are written in: the browser's own where it is of the language, such as en-GB. */
export function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}

/** Numbers, dates and instants as the reader writes them. Instants come as RFC 3339, dates as 2025-03-31. */
export function formatsOf(locale: string) {
  const number = new Intl.NumberFormat(locale);
  const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(locale, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: 0,
  });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const month = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const kilobyte = new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });
  const megabyte = new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });
  return {
    number: (n: number) => number.format(n),
    decimal: (n: number) => decimal.format(n),
    /** A change by a share, such as 0.12, with its sign. */
    change: (share: number) => percent.format(share),
    /** A size of so many bytes. */
    bytes: (n: number) => (n < 1e6 ? kilobyte.format(n / 1e3) : megabyte.format(n / 1e6)),
    /** A civil date, which is in no zone. */
    date: (d: string) => date.format(new Date(`${d}T00:00:00Z`)),
    /** A civil date without its year. */
    day: (d: string) => day.format(new Date(`${d}T00:00:00Z`)),
    /** A month, such as 2025-03. */
    month: (m: string) => month.format(new Date(`${m}-01T00:00:00Z`)),
    /** An instant on the clocks of a zone, to the second, without the zone's name. */
    instant: (i: string, zone: string) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: zone }).format(new Date(i)),
    /** An instant on the clocks of a zone, to the minute, for what is planned by the minute. */
    minute: (i: string, zone: string) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(new Date(i)),
    /** The name of a day of the week: 0 is Sunday. */
    weekday: (day: number, width: 'long' | 'short') =>
      new Intl.DateTimeFormat(locale, { weekday: width, timeZone: 'UTC' }).format(Date.UTC(2023, 0, 1 + day)),
    /** A list as a sentence has it: "a, b and c". */
    list: (items: string[]) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items),
    /** The date that clocks of a zone show at an instant. */
    dateOf: (i: string, zone: string) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: zone }).format(new Date(i)),
  };
}

export type Formats = ReturnType<typeof formatsOf>;

export function useFormats(): Formats {
  const { language } = useLanguage();
  return useMemo(() => formatsOf(localeOf(language)), [language]);
}
