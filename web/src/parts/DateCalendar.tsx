import '@mantine/dates/styles.css';
import 'dayjs/locale/de';
import { DateInput } from '@mantine/dates';
import { useId } from 'react';
import { useFormats } from '../i18n/format';
import { useLanguage } from '../i18n/language';
import { useWords } from '../i18n/words';
import type { DateFieldProps } from './DateField';
import { dateOf } from './dateOf';
import { partWords } from './words';

/** The calendar of a {@link DateField}. */
export default function DateCalendar({ label, value, onChange, min, max, required, error }: DateFieldProps) {
  const t = useWords(partWords);
  const f = useFormats();
  const { language } = useLanguage();
  const id = useId(); // of the field and its calendar, which so know each other
  return (
    <DateInput
      id={id}
      role="combobox"
      popoverProps={{ id, withRoles: true }}
      label={label}
      required={required}
      withAsterisk={false}
      error={error}
      locale={language}
      value={value || null}
      onChange={(date) => onChange(date ?? '')}
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
