import { SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';

interface Props<V extends string> {
  label: string;
  data: { value: V; label: string; disabled?: boolean }[];
  value: V;
  onChange: (value: V) => void;
  readOnly?: boolean;
}

/** One of a few, all of which are seen: side by side, and one below the other on a phone, where they would not fit. */
export function Choice<V extends string>({ label, data, value, onChange, readOnly }: Props<V>) {
  const narrow = useMediaQuery('(max-width: 36em)', undefined, { getInitialValueInEffect: false });
  return (
    <SegmentedControl
      aria-label={label}
      data={data}
      value={value}
      onChange={(v) => {
        const chosen = data.find((d) => d.value === v);
        if (chosen) onChange(chosen.value);
      }}
      readOnly={readOnly}
      orientation={narrow && data.length > 2 ? 'vertical' : 'horizontal'}
      style={{ alignSelf: 'flex-start' }}
    />
  );
}
