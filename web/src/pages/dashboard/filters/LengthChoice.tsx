import { Autocomplete } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { titled } from '../../../i18n/titled';

interface Props {
  option: Schemas['ReportOption'];
  value: string;
  choose: (next: string) => void;
}

/** An option that a length such as 90m is good for, too. */
export default function LengthChoice({ option, value, choose }: Props) {
  const [text, setText] = useState(value);
  return (
    <Autocomplete
      label={titled(option.name)}
      title={option.about}
      data={option.values ?? []}
      value={text}
      onChange={setText}
      onOptionSubmit={choose}
      onBlur={() => text !== value && choose(text)}
      onKeyDown={(e) => e.key === 'Enter' && text !== value && choose(text)}
    />
  );
}
