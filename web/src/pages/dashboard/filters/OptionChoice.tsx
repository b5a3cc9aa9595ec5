import { Autocomplete, Select } from '@mantine/core';
import { useState } from 'react';
import type { Schemas } from '../../../api/client';
import { titled } from '../../../i18n/titled';
import { valuesOf, withValues } from '../../../reports/question';
import type { Asking } from './asking';

type Option = Schemas['ReportOption'];

/** One option of a report, with what holds where nothing is chosen. */
export function OptionChoice({ option, asked, ask }: Asking & { option: Option }) {
  const value = valuesOf(asked.option, option.name)[0] ?? option.default;
  const choose = (next: string) =>
    ask({ option: withValues(asked.option, option.name, next === option.default || next === '' ? [] : [next]) });
  const data = (option.values ?? []).map((v) => ({ value: v, label: titled(v) }));
  if (option.length) return <LengthChoice key={value} option={option} value={value} choose={choose} />;
  return (
    <Select
      label={titled(option.name)}
      description={undefined}
      title={option.about}
      data={data}
      value={value}
      allowDeselect={false}
      onChange={(v) => v && choose(v)}
    />
  );
}

/** An option that a length such as 90m is good for, too. */
function LengthChoice({ option, value, choose }: { option: Option; value: string; choose: (next: string) => void }) {
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
