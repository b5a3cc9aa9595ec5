import type { Schemas } from '../api/client';
import type { ReportText } from '../i18n/server/serverText';

/** The value of an option that is called so where it is chosen; else what was typed, such as 90m. */
export function valueCalled(text: string, option: Schemas['ReportOption'], r: ReportText): string {
  return (option.values ?? []).find((value) => r.text(value) === text) ?? text;
}
