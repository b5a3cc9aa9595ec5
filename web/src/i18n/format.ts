import { type Language, useLanguage } from './language';
import { once } from './once';

/** The locale that numbers and dates are written in: the browser's own where it is of the language, such as en-GB. */
export function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}

/** What a text says of when, as a format writes it. A text that says nothing of the kind, as an address may have one, is left as it is. */
function written(format: Intl.DateTimeFormat, text: string, at = text): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? text : format.format(date);
}

/** Numbers, dates and instants as the reader writes them. Instants come as RFC 3339, dates as 2025-03-31. */
export const formatsOf = once((locale: string) => {
  const numbers = (options?: Intl.NumberFormatOptions) => {
    const format = once(() => new Intl.NumberFormat(locale, options));
    return (n: number) => format('').format(n);
  };
  const dates = (options: Intl.DateTimeFormatOptions) =>
    once((timeZone: string) => new Intl.DateTimeFormat(locale, { ...options, timeZone }));
  const number = numbers();
  const decimal = numbers({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = numbers({ style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: 0 });
  const kilobyte = numbers({ style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });
  const megabyte = numbers({ style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });
  const date = dates({ dateStyle: 'medium' });
  const day = dates({ day: 'numeric', month: 'short' });
  const month = dates({ month: 'long', year: 'numeric' });
  const instant = dates({ dateStyle: 'medium', timeStyle: 'medium' });
  const minute = dates({ dateStyle: 'medium', timeStyle: 'short' });
  const weekdays = once(
    (width: 'long' | 'short') => new Intl.DateTimeFormat(locale, { weekday: width, timeZone: 'UTC' }),
  );
  return {
    number,
    decimal,
    /** A change by a share, such as 0.12, with its sign. */
    change: percent,
    /** A size of so many bytes. */
    bytes: (n: number) => (n < 1e6 ? kilobyte(n / 1e3) : megabyte(n / 1e6)),
    /** A civil date, which is in no zone. */
    date: (d: string) => written(date('UTC'), d, `${d}T00:00:00Z`),
    /** A civil date without its year. */
    day: (d: string) => written(day('UTC'), d, `${d}T00:00:00Z`),
    /** A month, such as 2025-03. */
    month: (m: string) => written(month('UTC'), m, `${m}-01T00:00:00Z`),
    /** An instant on the clocks of a zone, to the second, without the zone's name. */
    instant: (i: string, zone: string) => written(instant(zone), i),
    /** An instant on the clocks of a zone, to the minute, for what is planned by the minute. */
    minute: (i: string, zone: string) => written(minute(zone), i),
    /** The name of a day of the week: 0 is Sunday. */
    weekday: (day: number, width: 'long' | 'short') => weekdays(width).format(Date.UTC(2023, 0, 1 + day)),
    /** A list as a sentence has it: "a, b and c". */
    list: (items: string[]) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items),
    /** The date that clocks of a zone show at an instant. */
    dateOf: (i: string, zone: string) => written(date(zone), i),
  };
});

export type Formats = ReturnType<typeof formatsOf>;

export function useFormats(): Formats {
  const { language } = useLanguage();
  return formatsOf(localeOf(language));
}
