import { type ComboboxItem, NativeSelect, type NativeSelectProps } from '@mantine/core';

interface Props<V extends string> extends Omit<NativeSelectProps, 'data' | 'value' | 'onChange'> {
  data: { value: V; label: string }[];
  value: V;
  onChange: (value: V) => void;
}

/** One of a few, chosen from the list that the browser itself has: the same as in other apps of a phone, and nothing to fetch. */
export function OneOf<V extends string>({ data, onChange, ...others }: Props<V>) {
  return (
    <NativeSelect
      {...others}
      data={data satisfies ComboboxItem[]}
      onChange={(e) => {
        const chosen = data.find((d) => d.value === e.currentTarget.value);
        if (chosen) onChange(chosen.value);
      }}
    />
  );
}
