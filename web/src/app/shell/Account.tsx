import { Avatar, Menu, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words';
import { toastFailed } from '../../parts/toast';
import { partWords } from '../../parts/words';
import { useSignOut, useWho } from '../../session/session';
import { shellWords } from './words';

/** Who is signed in, of whom, and the way out. */
export function Account() {
  const t = useWords(shellWords);
  const p = useWords(partWords);
  const who = useWho();
  const signOut = useSignOut();
  const name = who.full_name || who.name;
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton aria-label={t.account(name)} style={{ borderRadius: 99 }}>
          <Avatar size={32} radius="xl" color="tally" variant="filled" aria-hidden>
            {initials(name)}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Stack gap={0} px="sm" py="xs">
          <Text size="xs" c="dimmed">
            {t.signedInAs}
          </Text>
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {who.name} · {who.tenant || t.provider}
          </Text>
        </Stack>
        <Menu.Divider />
        <Menu.Item component={Link} to="/profile" leftSection={<IconUser size={16} />}>
          {t.profile}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} />}
          onClick={() => signOut.mutate(undefined, { onError: (error) => toastFailed(p.wentWrong, error) })}
        >
          {t.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function initials(name: string): string {
  const parts = name.split(/[\s@.]+/).filter(Boolean);
  const last = parts.length > 1 && !name.includes('@') ? parts[parts.length - 1] : '';
  return ((parts[0]?.[0] ?? '?') + (last?.[0] ?? '')).toUpperCase();
}
