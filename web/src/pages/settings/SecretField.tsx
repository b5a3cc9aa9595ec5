import { Button, Group, Input, PasswordInput, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/words';
import { settingsWords } from './words';

interface Props {
  label: string;
  description?: ReactNode;
  error?: string;
  readOnly: boolean;
  /** There is one on the server. */
  set: boolean;
  /** What was entered: another secret, or null to take it away. */
  value: unknown;
  changed: boolean;
  onChange: (value: unknown) => void;
}

/** A secret, which is never shown: that there is one, and how to replace it or take it away. */
export function SecretField({ label, description, error, readOnly, set, value, changed, onChange }: Props) {
  const t = useWords(settingsWords);
  if (!readOnly && ((changed && value !== null) || !set)) {
    return (
      <Group align="flex-start" gap="sm">
        <PasswordInput
          label={label}
          description={description}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={error}
          flex="1 1 240px"
          autoComplete="new-password"
          placeholder={set ? t.secretNew : undefined}
          value={changed ? String(value) : ''}
          // Without one before and none now nothing is to be saved.
          onChange={(e) => onChange(e.currentTarget.value === '' && !set ? null : e.currentTarget.value)}
        />
        {set && (
          <Button variant="subtle" color="gray" mt={25} onClick={() => onChange('***')}>
            {t.secretKeep}
          </Button>
        )}
      </Group>
    );
  }
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={description}
      error={error}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
    >
      <Group gap="sm" mih={36}>
        <Text size="sm" c={changed ? 'var(--mantine-color-error)' : 'dimmed'}>
          {changed ? t.secretGoes : set ? t.secretSet : t.secretNone}
        </Text>
        {!readOnly && changed && (
          <Button variant="subtle" size="compact-sm" onClick={() => onChange('***')}>
            {t.secretKeep}
          </Button>
        )}
        {!readOnly && !changed && (
          <>
            <Button
              variant="default"
              size="compact-sm"
              onClick={() => onChange('')}
              aria-label={t.secretReplaceOf(label)}
            >
              {t.secretReplace}
            </Button>
            <Button
              variant="subtle"
              color="red"
              size="compact-sm"
              onClick={() => onChange(null)}
              aria-label={t.secretRemoveOf(label)}
            >
              {t.secretRemove}
            </Button>
          </>
        )}
      </Group>
    </Input.Wrapper>
  );
}
