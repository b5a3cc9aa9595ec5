import { Autocomplete } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { valueCalled } from '../../../reports/valueCalled';
import { useReportText } from '../useReportText';

interface Props {
  option: Schemas['ReportOption'];
  value: string;
  choose: (next: string) => void;
}

/** An option that a length such as 90m is good for, too. */
export default function LengthChoice({ option, value, choose }: Props) {
  const r = useReportText();
  const [text, setText] = useState(() => r.text(value));
  const typed = valueCalled(text, option, r);
  return (
    <Autocomplete
      label={r.label(option.name)}
      title={r.text(option.about)}
      data={(option.values ?? []).map(r.text)}
      value={text}
      onChange={setText}
      onOptionSubmit={(chosen) => choose(valueCalled(chosen, option, r))}
      onBlur={() => typed !== value && choose(typed)}
      onKeyDown={(e) => e.key === 'Enter' && typed !== value && choose(typed)}
    />
  );
}
