import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useWords } from '../../i18n/words';
import { formWords } from './formWords';

interface Props {
  /** What somebody else has done while the form was filled in. */
  what: 'changed' | 'deleted';
  busy: boolean;
  /** Missing where one may not. */
  onSaveAsNew?: () => void;
  onSaveMine: () => void;
  onTakeTheirs: () => void;
}

/** Two people at one schedule: says so, and lets the one who comes second choose. */
export function Meanwhile({ what, busy, onSaveAsNew, onSaveMine, onTakeTheirs }: Props) {
  const t = useWords(formWords);
  const changed = what === 'changed';
  return (
    <Alert
      role="alert"
      color="orange"
      variant="light"
      icon={<IconUsers size={18} />}
      title={changed ? t.changedTitle : t.goneTitle}
    >
      <Stack gap="sm">
        <Text size="sm">{changed ? t.changedText : onSaveAsNew ? t.goneText : t.goneTextOnly}</Text>
        {changed ? (
          <Group gap="sm">
            <Button size="sm" loading={busy} onClick={onSaveMine}>
              {t.saveMine}
            </Button>
            <Button size="sm" variant="default" disabled={busy} onClick={onTakeTheirs}>
              {t.takeTheirs}
            </Button>
          </Group>
        ) : (
          onSaveAsNew && (
            <Group>
              <Button size="sm" loading={busy} onClick={onSaveAsNew}>
                {t.saveAsNew}
              </Button>
            </Group>
          )
        )}
      </Stack>
    </Alert>
  );
}
