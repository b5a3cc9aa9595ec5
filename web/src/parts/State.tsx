import { Stack, Text, ThemeIcon } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface Props {
  icon: Icon;
  color?: string;
  title: string;
  hint?: ReactNode;
  /** What can be done about it: a button. */
  children?: ReactNode;
}

/** What stands where content would: that there is none, and why. The other states are made of it. */
export function State({ icon: Icon, color = 'gray', title, hint, children }: Props) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <ThemeIcon variant="light" color={color} size={44} radius="xl" aria-hidden>
        <Icon size={24} stroke={1.6} />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      {hint && (
        <Text c="dimmed" size="sm" maw={520}>
          {hint}
        </Text>
      )}
      {children}
    </Stack>
  );
}
