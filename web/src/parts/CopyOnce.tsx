import { Button, CopyButton, Group, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useWords } from '../i18n/words';
import { partWords } from './words';

/** A text that is shown this once, with a button that copies it. */
export function CopyOnce({ label, text }: { label: string; text: string }) {
  const t = useWords(partWords);
  return (
    <Group align="flex-end" gap="sm" wrap="nowrap">
      <TextInput
        label={label}
        readOnly
        value={text}
        flex={1}
        classNames={{ input: 'mono' }}
        onFocus={(e) => e.currentTarget.select()}
      />
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            onClick={copy}
            data-autofocus
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            aria-live="polite"
          >
            {copied ? t.copied : t.copy}
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
