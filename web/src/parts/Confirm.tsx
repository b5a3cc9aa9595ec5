import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Refused } from './Refused';

interface Props {
  opened: boolean;
  title: string;
  children: ReactNode;
  /** What happens where it is confirmed, as a verb. */
  yes: string;
  no: string;
  color?: string;
  busy?: boolean;
  error?: unknown;
  onYes: () => void;
  onNo: () => void;
}

/** Asks before something that can't be taken back. The harmless answer has the focus. */
export function Confirm({ opened, title, children, yes, no, color = 'red', busy, error, onYes, onNo }: Props) {
  return (
    <Modal opened={opened} onClose={onNo} title={title} withCloseButton={false}>
      <Stack>
        <Text size="sm">{children}</Text>
        <Refused error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onNo} data-autofocus>
            {no}
          </Button>
          <Button color={color} loading={busy} onClick={onYes}>
            {yes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
