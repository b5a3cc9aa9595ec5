import { ComboboxChevron, TextInput, type TextInputProps } from '@mantine/core';

/** What a FieldLater shows at first: a field that only tells what is chosen. */
export function StandIn(props: Pick<TextInputProps, 'label' | 'value' | 'placeholder'>) {
  return (
    <TextInput
      {...props}
      readOnly
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded={false}
      rightSection={<ComboboxChevron />}
      rightSectionPointerEvents="none"
    />
  );
}
