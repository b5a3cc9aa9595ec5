import { Menu, Stack, Text } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/words';
import type { MenuProps } from '../../parts/MenuButton';
import { OpenedMenu } from '../../parts/OpenedMenu';
import { toastFailed } from '../../parts/toast';
import { partWords } from '../../parts/words';
import { useSignOut, useWho } from '../../session/session';
import { shellWords } from './words';

/** The menu of {@link Account}. */
export default function AccountMenu({ button }: MenuProps) {
  const t = useWords(shellWords);
  const p = useWords(partWords);
  const who = useWho();
  const signOut = useSignOut();
  return (
    <OpenedMenu button={button} width={260}>
      <Stack gap={0} px="sm" py="xs">
        <Text size="xs" c="dimmed">
          {t.signedInAs}
        </Text>
        <Text size="sm" fw={600} truncate>
          {who.full_name || who.name}
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
    </OpenedMenu>
  );
}
