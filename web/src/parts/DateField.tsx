import { TextInput } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { dayOf } from '../i18n/dayOf';
import { useFormats } from '../i18n/format';

const Calendar = lazy(() => import('./DateCalendar'));

export interface DateFieldProps {
  label: string;
  /** A date such as 2025-03-31; empty: none is chosen. */
  value: string;
  onChange: (date: string) => void;
  /** The first and the last one that can be chosen. */
  min?: string;
  max?: string;
  required?: boolean;
  error?: string;
}

/** A date, written or chosen in a calendar, which is loaded when a page has one. */
export function DateField(props: DateFieldProps) {
  const f = useFormats();
  const { label, required, error } = props;
  // What is no date, as an address may have it, is none in a calendar.
  const [value, min, max] = [props.value, props.min, props.max].map(dayOf);
  return (
    <Suspense
      fallback={
        <TextInput
          label={label}
          withAsterisk={false}
          required={required}
          error={error}
          readOnly
          value={value ? f.date(value) : ''}
        />
      }
    >
      <Calendar {...props} value={value ?? ''} min={min} max={max} />
    </Suspense>
  );
}
