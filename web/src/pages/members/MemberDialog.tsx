import { Button, Group, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, call } from '../../api/client';
import { ApiError } from '../../api/error';
import { idempotencyKey } from '../../api/idempotencyKey';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { Failed } from '../../parts/Failed';
import { Refused, useRefusal } from '../../parts/Refused';
import { TenantOf } from '../../parts/TenantOf';
import { toastDone } from '../../parts/toast';
import { closeUnlessKept, useUnsaved } from '../../parts/unsaved';
import { partWords } from '../../parts/words';
import { fits, mayGive } from '../../roles/permissions';
import { rolesQuery } from '../../roles/roles';
import { useWho } from '../../session/session';
import type { MadeLink } from './LinkShown';
import { type Member, membersChanged } from './members';
import { membersWords } from './words';

interface Props {
  opened: boolean;
  /** Who is changed; missing where somebody is added. */
  member?: Member;
  onClose: () => void;
  /** Somebody was added, and this is their way in. */
  onLink: (made: MadeLink) => void;
}

/** Adds a member, or changes one. */
export function MemberDialog({ opened, member, onClose, onLink }: Props) {
  const t = useWords(membersWords);
  const p = useWords(partWords);
  return (
    <Modal
      opened={opened}
      onClose={() => closeUnlessKept(onClose)}
      title={member ? t.editTitle(member.name) : t.addTitle}
      size="lg"
      closeButtonProps={{ 'aria-label': p.close }}
    >
      <Form member={member} onClose={onClose} onLink={onLink} />
    </Modal>
  );
}

function Form({ member, onClose, onLink }: Omit<Props, 'opened'>) {
  const t = useWords(membersWords);
  const who = useWho();
  const roles = useQuery(rolesQuery);
  const server = useServerText();
  const [name, setName] = useState(member?.name ?? '');
  const [email, setEmail] = useState(member?.email ?? '');
  const [tenant, setTenant] = useState(member?.tenant ?? who.tenant);
  const [chosen, setChosen] = useState(member?.roles ?? []);
  // A request whose answer was lost adds nobody twice.
  const key = useRef({ of: '', key: '' });
  const saved = useUnsaved([name, email, tenant, chosen]);
  const save = useMutation({
    mutationFn: async (): Promise<MadeLink | undefined> => {
      if (member) {
        const params = { path: { id: member.id } };
        await call(api.PATCH('/api/v1/members/{id}', { params, body: { name, email, roles: chosen } }));
        return undefined;
      }
      const body = { name, email, tenant: tenant || undefined, roles: chosen };
      const of = JSON.stringify(body);
      if (key.current.of !== of) key.current = { of, key: idempotencyKey() };
      const params = { header: { 'Idempotency-Key': key.current.key } };
      const made = await call(api.POST('/api/v1/members', { params, body }));
      return { name: made.member.name, kind: 'invitation', link: made.link };
    },
    onSuccess: (made) => {
      saved();
      if (made) onLink(made);
      else toastDone(t.saved(name));
      onClose();
    },
    onSettled: membersChanged,
  });
  const wrong = useRefusal(save.error);
  if (roles.isError && !roles.data) return <Failed error={roles.error} retry={() => roles.refetch()} />;
  const offered = (roles.data ?? []).filter(
    (r) => fits(r, tenant) && (mayGive(who, r) || member?.roles.includes(r.id)),
  );
  const alone = !who.reach.all && who.reach.tenants === 1;
  // The server answers 404 for a role or tenant that is gone, too: those errors name their field.
  const gone = member && save.error instanceof ApiError && save.error.status === 404 && !save.error.path;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t.nameLabel}
          required
          value={name}
          onChange={(e) => setName(e.currentTarget.value)}
          error={wrong('name')}
          data-autofocus
        />
        <TextInput
          label={t.email}
          type="email"
          required
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          error={wrong('email')}
        />
        {!member && !alone && (
          <TenantOf
            label={t.tenant}
            description={t.tenantHint}
            value={tenant}
            orProvider={who.reach.all}
            onChange={(id) => {
              setTenant(id);
              setChosen(chosen.filter((x) => roles.data?.some((r) => r.id === x && fits(r, id))));
            }}
            error={wrong('tenant')}
          />
        )}
        <MultiSelect
          label={t.roles}
          description={roles.isSuccess && offered.length === 0 ? t.noRoles : t.rolesHint}
          required
          searchable
          hidePickedOptions
          data={offered.map((r) => ({ value: r.id, label: server.role(r, r.name) }))}
          value={chosen}
          onChange={setChosen}
          error={wrong('roles')}
        />
        <Refused error={gone ? new ApiError({ status: 404, detail: t.gone }) : save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {member ? t.save : t.addIt}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
