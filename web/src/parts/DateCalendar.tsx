import '@mantine/dates/styles.css';
import 'dayjs/locale/de';
import { DateInput } from '@mantine/dates';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { firstWeekday } from '../i18n/firstWeekday';
import { localeOf, useFormats } from '../i18n/format';
import { useLanguage } from '../i18n/language';
import { useWords } from '../i18n/words';
import type { DateFieldProps } from './DateField';
import { dateOf, dateProblem } from './dateOf';
import { partWords } from './words';

/** The calendar of a {@link DateField}. What is written and can't be taken stays as it is, and the field says what is wrong with it. */
export default function DateCalendar({ label, value, onChange, min, max, required, error }: DateFieldProps) {
  const t = useWords(partWords);
  const f = useFormats();
  const { language } = useLanguage();
  const id = useId(); // of the field and its calendar, which so know each other
  const input = useRef<HTMLInputElement>(null);
  const [written, setWritten] = useState(''); // as long as it is not taken
  const [left, setLeft] = useState(false); // since then: who still writes is not told yet
  const problem = dateProblem(written, { min, max }, f.date);
  const wrong =
    problem &&
    {
      none: t.noDate(written.trim()),
      early: t.dateEarly(f.date(min ?? '')),
      late: t.dateLate(f.date(max ?? '')),
    }[problem];
  // A form with it is not sent: it would take the date before.
  useEffect(() => input.current?.setCustomValidity(wrong ?? ''), [wrong]);
  // What was too early or too late is taken once another field allows it.
  const take = useEffectEvent(() => {
    const date = dateOf(written, f.date);
    if (date) onChange(date);
  });
  useEffect(() => {
    if (!problem) take();
  }, [problem]);
  return (
    <DateInput
      ref={input}
      id={id}
      role="combobox"
      popoverProps={{ id, withRoles: true }}
      label={label}
      required={required}
      withAsterisk={false}
      error={left && wrong ? wrong : error}
      locale={language}
      firstDayOfWeek={firstWeekday(localeOf(language))}
      value={value || null}
      onChange={(date) => {
        setWritten('');
        setLeft(false);
        onChange(date ?? '');
      }}
      onInput={(e) => setWritten(e.currentTarget.value)}
      onBlur={() => setLeft(true)}
      fixOnBlur={!problem}
      valueFormat={(date) => f.date(date)}
      dateParser={(text) => dateOf(text, f.date)}
      minDate={min || undefined}
      maxDate={max || undefined}
      placeholder={t.dateHint}
      clearable={false}
      weekendDays={[]}
      hideOutsideDates
      ariaLabels={{
        previousMonth: t.previousMonth,
        nextMonth: t.nextMonth,
        previousYear: t.previousYear,
        nextYear: t.nextYear,
        previousDecade: t.previousYears,
        nextDecade: t.nextYears,
        monthLevelControl: t.chooseMonth,
        yearLevelControl: t.chooseYear,
      }}
    />
  );
}
