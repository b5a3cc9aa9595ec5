import { useDebouncedValue } from '@mantine/hooks';
import { type FormEvent, type KeyboardEvent, useState } from 'react';

/** What somebody types into a searchable field to find something in its list. The label that the field shows of what is chosen is not typed, and finds nothing. */
export function useTyped() {
  const [typed, setTyped] = useState('');
  const text = typed.trim();
  const [paused] = useDebouncedValue(text, 250);
  const forget = () => setTyped('');
  return {
    text,
    /** What to ask the server for: it follows the text when the typing pauses. */
    asked: text && paused,
    /** The properties of the field. */
    field: {
      searchable: true,
      onInput: (e: FormEvent<HTMLInputElement>) => setTyped(e.currentTarget.value),
      // Enter is for the list: it sends no form in which what was typed is not chosen yet.
      onKeyDown: (e: KeyboardEvent) => {
        if (e.key === 'Enter' && text) e.preventDefault();
      },
      onBlur: forget,
      onClear: forget,
      onOptionSubmit: forget,
    },
  };
}
