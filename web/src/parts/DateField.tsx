import { TextInput } from '@mantine/core';
import { lazy, Suspense } from 'react';
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
  const { label, value, required, error } = props;
  return (
    <Suspense
      fallback={
        <TextInput
          label={label}
          withAsterisk={false}
          required={required}
          error={error}
          readOnly
          value={value && f.date(value)}
        />
      }
    >
      <Calendar {...props} />
    </Suspense>
  );
}
