import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconCopy, IconDotsVertical, IconEye, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api, call } from '../../api/client';
import { idempotencyKey } from '../../api/idempotencyKey';
import { queries } from '../../api/queries';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { Confirm } from '../../parts/Confirm';
import { Refused, useRefusal } from '../../parts/Refused';
import { TenantOf } from '../../parts/TenantOf';
import { toastDone } from '../../parts/toast';
import { closeUnlessKept, useUnsaved } from '../../parts/unsaved';
import { partWords } from '../../parts/words';
import { manages, type Role } from '../../roles/permissions';
import { useMay } from '../../session/may';
import { useWho } from '../../session/session';
import { rolesWords } from './words';

/** What can be done with a role by whoever looks. On its own page it leads there no more. */
export function RoleMenu({ role, here = false }: { role: Role; here?: boolean }) {
  const t = useWords(rolesWords);
  const server = useServerText();
  const name = server.role(role, role.name);
  const p = useWords(partWords);
  const who = useWho();
  const navigate = useNavigate();
  const mayAdd = useMay('ADD', 'ROLES');
  const its = !role.system && (role.tenant !== '' || who.reach.all) && manages(who, role);
  const mayEdit = useMay('EDIT', 'ROLES') && its;
  const mayRemove = useMay('REMOVE', 'ROLES') && its;
  const [asking, setAsking] = useState<'clone' | 'remove'>();
  const remove = useMutation({
    mutationFn: () => call(api.DELETE('/api/v1/roles/{id}', { params: { path: { id: role.id } } })),
    onSuccess: async () => {
      toastDone(t.removed(name));
      setAsking(undefined);
      if (here) await navigate({ to: '/roles' });
      queries.invalidateQueries({ queryKey: ['roles'] });
    },
  });
  if (here && !mayAdd && !mayRemove) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.menuOf(name)}>
            <IconDotsVertical size={18} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!here && (
            <Menu.Item
              component={Link}
              to={`/roles/${role.id}`}
              leftSection={mayEdit ? <IconPencil size={16} /> : <IconEye size={16} />}
            >
              {mayEdit ? t.edit : t.show}
            </Menu.Item>
          )}
          {mayAdd && (
            <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => setAsking('clone')}>
              {t.clone}
            </Menu.Item>
          )}
          {mayRemove && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => {
                remove.reset();
                setAsking('remove');
              }}
            >
              {t.remove}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asking === 'clone'}
        onClose={() => closeUnlessKept(() => setAsking(undefined))}
        title={t.cloneTitle(name)}
        closeButtonProps={{ 'aria-label': p.close }}
      >
        <CloneForm role={role} onClose={() => setAsking(undefined)} />
      </Modal>
      <Confirm
        opened={asking === 'remove'}
        title={t.removeTitle}
        yes={t.removeIt}
        no={t.keep}
        busy={remove.isPending}
        error={remove.error}
        onYes={() => remove.mutate()}
        onNo={() => setAsking(undefined)}
      >
        {t.removeText(name)}
      </Confirm>
    </>
  );
}

/** Makes a role like another, and leads to it. */
function CloneForm({ role, onClose }: { role: Role; onClose: () => void }) {
  const t = useWords(rolesWords);
  const server = useServerText();
  const who = useWho();
  const navigate = useNavigate();
  const [name, setName] = useState(() => t.cloneName(server.role(role, role.name)));
  const [tenant, setTenant] = useState(who.reach.all ? role.tenant : who.tenant);
  // A request whose answer was lost makes nothing twice.
  const key = useRef(idempotencyKey());
  const saved = useUnsaved([name, tenant]);
  const clone = useMutation({
    mutationFn: () =>
      call(
        api.POST('/api/v1/roles/{id}/clone', {
          params: { path: { id: role.id }, header: { 'Idempotency-Key': key.current } },
          body: { name, tenant: tenant || undefined },
        }),
      ),
    onSuccess: (made) => {
      saved();
      toastDone(t.cloned(made.name));
      onClose();
      queries.invalidateQueries({ queryKey: ['roles'] });
      navigate({ to: '/roles/$id', params: { id: made.id } });
    },
  });
  const wrong = useRefusal(clone.error);
  const changed = () => {
    key.current = idempotencyKey();
  };
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        clone.mutate();
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t.cloneAbout}
        </Text>
        <TextInput
          label={t.name}
          required
          value={name}
          onChange={(e) => {
            changed();
            setName(e.currentTarget.value);
          }}
          error={wrong('name')}
          data-autofocus
        />
        {(who.reach.all || who.reach.tenants > 1) && (
          <TenantOf
            label={t.of}
            value={tenant}
            providerLabel={role.for_tenants ? t.everyTenant : undefined}
            orProvider={who.reach.all}
            onChange={(id) => {
              changed();
              setTenant(id);
            }}
            error={wrong('tenant')}
          />
        )}
        <Refused error={clone.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={clone.isPending}>
            {t.cloneIt}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
