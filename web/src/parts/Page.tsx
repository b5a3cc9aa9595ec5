import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

interface Props {
  title: string;
  about?: ReactNode;
  /** Buttons for the whole page, at its right. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page inside the shell: its title, also of the browser's tab, a sentence about it, what can be done, and its content. */
export function Page({ title, about, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Tallystick`;
  }, [title]);
  return (
    <Stack gap="lg" maw={1560} mx="auto">
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={4} flex="1 1 320px">
          <Title order={1}>{title}</Title>
          {about && (
            <Text c="dimmed" size="sm" maw={760}>
              {about}
            </Text>
          )}
        </Stack>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
