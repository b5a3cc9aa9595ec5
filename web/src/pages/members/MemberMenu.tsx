import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical, IconKey, IconLock, IconLockOpen, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { idempotencyKey } from '../../api/idempotencyKey';
import { useWords } from '../../i18n/words';
import { Confirm } from '../../parts/Confirm';
import { toastDone, toastFailed } from '../../parts/toast';
import { partWords } from '../../parts/words';
import type { Role } from '../../roles/permissions';
import { manages } from '../../roles/permissions';
import { useMay } from '../../session/may';
import { useWho } from '../../session/session';
import type { MadeLink } from './LinkShown';
import { type Member, membersChanged } from './members';
import { membersWords } from './words';

interface Props {
  member: Member;
  roles: Role[];
  onEdit: () => void;
  onLink: (made: MadeLink) => void;
}

type Act = 'link' | 'disable' | 'enable' | 'remove';

/** What can be done with a member by whoever looks: nothing with one who has a role that they don't manage. */
export function MemberMenu({ member, roles, onEdit, onLink }: Props) {
  const t = useWords(membersWords);
  const p = useWords(partWords);
  const who = useWho();
  const mayEdit = useMay('EDIT', 'MEMBERS');
  const mayRemove = useMay('REMOVE', 'MEMBERS');
  const [asking, setAsking] = useState<Act>();
  const { id, name } = member;
  const act = useMutation({
    mutationFn: async (how: Act): Promise<MadeLink | undefined> => {
      const params = { path: { id } };
      switch (how) {
        case 'link': {
          const header = { 'Idempotency-Key': idempotencyKey() };
          const made = await call(api.POST('/api/v1/members/{id}/link', { params: { ...params, header } }));
          return { name, kind: made.kind, link: made.link };
        }
        case 'disable':
          await call(api.POST('/api/v1/members/{id}/disable', { params }));
          break;
        case 'enable':
          await call(api.POST('/api/v1/members/{id}/enable', { params }));
          break;
        case 'remove':
          await call(api.DELETE('/api/v1/members/{id}', { params }));
      }
      return undefined;
    },
    onSuccess: (made, how) => {
      setAsking(undefined);
      if (made) onLink(made);
      if (how === 'disable') toastDone(t.disabledNow(name));
      if (how === 'enable') toastDone(t.enabledNow(name));
      if (how === 'remove') toastDone(t.removed(name));
    },
    onError: (error, how) => {
      if (how === 'enable') toastFailed(p.wentWrong, error);
    },
    onSettled: membersChanged,
  });
  const managed = member.roles.every((r) => roles.some((x) => x.id === r && manages(who, x)));
  const me = id === who.id;
  if (!managed || !(mayEdit || (mayRemove && !me))) return null;
  const ask = (how: Act) => {
    act.reset();
    setAsking(how);
  };
  const confirm = (how: Act, title: string, text: string, yes: string, color?: string) => (
    <Confirm
      opened={asking === how}
      title={title}
      yes={yes}
      no={t.keep}
      color={color}
      busy={act.isPending}
      error={act.error}
      onYes={() => act.mutate(how)}
      onNo={() => setAsking(undefined)}
    >
      {text}
    </Confirm>
  );
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.menuOf(name)}>
            <IconDotsVertical size={18} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayEdit && (
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
              {t.edit}
            </Menu.Item>
          )}
          {mayEdit && member.status !== 'disabled' && (
            <Menu.Item leftSection={<IconKey size={16} />} onClick={() => ask('link')}>
              {t.newLink}
            </Menu.Item>
          )}
          {mayEdit && !me && member.status !== 'disabled' && (
            <Menu.Item leftSection={<IconLock size={16} />} onClick={() => ask('disable')}>
              {t.disable}
            </Menu.Item>
          )}
          {mayEdit && member.status === 'disabled' && (
            <Menu.Item leftSection={<IconLockOpen size={16} />} onClick={() => act.mutate('enable')}>
              {t.enable}
            </Menu.Item>
          )}
          {mayRemove && !me && (
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => ask('remove')}>
              {t.remove}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {confirm('link', t.makeLinkTitle, t.makeLinkText(name), t.makeLink, 'tally')}
      {confirm('disable', t.disableTitle, t.disableText(name), t.disableIt)}
      {confirm('remove', t.removeTitle, t.removeText(name), t.removeIt)}
    </>
  );
}
