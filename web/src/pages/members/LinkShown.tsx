import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useWords } from '../../i18n/words';
import { ShownOnce } from '../../parts/ShownOnce';
import { membersWords } from './words';

/** A one-time link that was just made. */
export interface MadeLink {
  name: string;
  kind: 'invitation' | 'password-reset';
  /** Missing in the answer to a repeated request. */
  link?: string;
}

/** Shows a link this once. It closes by saying so only, so that a slip does not lose it. */
export function LinkShown({ made, onKept }: { made: MadeLink | undefined; onKept: () => void }) {
  const t = useWords(membersWords);
  return (
    <Modal
      opened={made !== undefined}
      onClose={() => {}}
      closeOnEscape={false}
      closeOnClickOutside={false}
      withCloseButton={false}
      title={t.linkTitle}
      size="lg"
    >
      {made && (
        <Stack>
          <Text size="sm">{made.kind === 'invitation' ? t.invitation(made.name) : t.reset(made.name)}</Text>
          {made.link ? (
            <>
              <ShownOnce label={t.linkLabel} value={made.link} />
              <Text size="sm" c="dimmed">
                {t.linkOnce}
              </Text>
            </>
          ) : (
            <Text size="sm">{t.linkLost}</Text>
          )}
          <Group justify="flex-end">
            <Button onClick={onKept}>{t.kept}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
