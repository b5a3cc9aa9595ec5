import { Alert, Button, Card, Group, MultiSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api, call } from '../../api/client';
import { ApiError } from '../../api/error';
import { idempotencyKey } from '../../api/idempotencyKey';
import { queries } from '../../api/queries';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { Choice } from '../../parts/Choice';
import { Refused, useRefusal } from '../../parts/Refused';
import { TenantOf } from '../../parts/TenantOf';
import { toastDone } from '../../parts/toast';
import { useUnsaved } from '../../parts/unsaved';
import { manages, permissionsOf, providerOnly, type Role, type Square, squaresOf } from '../../roles/permissions';
import { rolesQuery } from '../../roles/roles';
import fields from '../../runs/Fields.module.css';
import type { Action, Entity } from '../../session/permission';
import { useWho } from '../../session/session';
import { PermissionGrid } from './PermissionGrid';
import { rolesWords } from './words';

type Whose = 'provider' | 'every' | 'tenant';

interface Props {
  /** The role that is shown or changed; missing where a new one is made. */
  role?: Role;
  /** Why it can only be looked at. */
  fixed?: string;
}

/** What a role is called, whom it is for, what it allows, and which roles it manages. */
export function RoleForm({ role, fixed }: Props) {
  const t = useWords(rolesWords);
  const server = useServerText();
  const who = useWho();
  const navigate = useNavigate();
  const roles = useQuery(rolesQuery);
  const readOnly = fixed !== undefined;
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [whose, setWhose] = useState<Whose>(() => {
    if (!role) return who.reach.all ? 'provider' : 'tenant';
    return role.for_tenants ? 'every' : role.tenant === '' ? 'provider' : 'tenant';
  });
  const [tenant, setTenant] = useState(role?.tenant ?? who.tenant);
  const [squares, setSquares] = useState<ReadonlySet<Square>>(() => squaresOf(role?.permissions ?? []));
  const [manageAll, setManageAll] = useState(role?.manage_all ?? false);
  const [managed, setManaged] = useState(role?.manages ?? []);
  const ofTenant = whose !== 'provider';
  const giveable = new Set([...squaresOf(who.permissions), ...squaresOf(role?.permissions ?? [])]);
  // A request whose answer was lost makes nothing twice.
  const key = useRef({ of: '', key: '' });
  const settled = useUnsaved([name, description, whose, tenant, permissionsOf(squares), manageAll, managed]);
  const save = useMutation({
    mutationFn: () => {
      const content = {
        name: name.trim(),
        description,
        permissions: permissionsOf(squares),
        manage_all: manageAll,
        manages: manageAll ? [] : managed,
      };
      if (role) {
        return call(api.PUT('/api/v1/roles/{id}', { params: { path: { id: role.id } }, body: content }));
      }
      const body = { ...content, tenant: whose === 'tenant' ? tenant : undefined, for_tenants: whose === 'every' };
      const of = JSON.stringify(body);
      if (key.current.of !== of) key.current = { of, key: idempotencyKey() };
      return call(api.POST('/api/v1/roles', { params: { header: { 'Idempotency-Key': key.current.key } }, body }));
    },
    onSuccess: (saved) => {
      settled();
      toastDone(role ? t.saved(saved.name) : t.created(saved.name));
      // One's own roles may have changed, and with them what one may do.
      queries.invalidateQueries({ queryKey: ['session'] });
      navigate({ to: '/roles' });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['roles'] }),
  });
  const wrong = useRefusal(save.error);
  const gone = role && save.error instanceof ApiError && save.error.status === 404 && !save.error.path;
  const choose = (next: Whose) => {
    setWhose(next);
    if (next === 'provider') return;
    setSquares(
      new Set(
        [...squares].filter((s) => {
          const [entity, action] = s.split(':') as [Entity, Action]; // as squareOf writes it
          return !providerOnly(entity, action);
        }),
      ),
    );
  };
  const offered = (roles.data ?? []).filter((x) => {
    if (!manages(who, x) && !managed.includes(x.id)) return false;
    if (whose === 'every') return x.for_tenants;
    return whose === 'provider' || x.for_tenants || x.tenant !== '';
  });
  const ways: { value: Whose; label: string }[] = [
    { value: 'provider', label: t.whoseProvider },
    { value: 'every', label: t.whoseEvery },
    { value: 'tenant', label: t.whoseTenant },
  ];
  const below = who.reach.all || who.reach.tenants > 1;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        save.mutate();
      }}
    >
      <Card withBorder padding="lg" maw={860}>
        <Stack gap="lg">
          {fixed && (
            <Alert color="gray" variant="light" icon={<IconLock size={18} />}>
              {fixed}
            </Alert>
          )}
          <Stack gap="sm">
            <TextInput
              label={t.name}
              required={!readOnly}
              readOnly={readOnly}
              value={role ? server.role(role, name) : name}
              onChange={(e) => setName(e.currentTarget.value)}
              error={wrong('name')}
            />
            <Textarea
              label={t.description}
              autosize
              minRows={1}
              maxRows={5}
              readOnly={readOnly}
              value={role ? server.role(role, description) : description}
              onChange={(e) => setDescription(e.currentTarget.value)}
              error={wrong('description')}
            />
          </Stack>
          {(role || below) && (
            <fieldset className={fields.group}>
              <legend>{t.whose}</legend>
              <Stack gap="sm">
                {role ? (
                  <Text size="sm">
                    {whose === 'tenant' ? role.tenant : whose === 'every' ? t.everyTenant : t.provider}
                  </Text>
                ) : (
                  <>
                    {who.reach.all && <Choice label={t.whose} data={ways} value={whose} onChange={choose} />}
                    {whose === 'tenant' && (
                      <TenantOf
                        label={t.tenant}
                        value={tenant}
                        onChange={setTenant}
                        orProvider={false}
                        error={wrong('tenant', 'for_tenants')}
                      />
                    )}
                  </>
                )}
              </Stack>
            </fieldset>
          )}
          <fieldset className={fields.group}>
            <legend>{t.permissions}</legend>
            <PermissionGrid
              squares={squares}
              onChange={setSquares}
              ofTenant={ofTenant}
              giveable={giveable}
              readOnly={readOnly}
            />
            {wrong('permissions') && (
              <Text size="xs" c="var(--mantine-color-error)" role="alert" mt="xs">
                {wrong('permissions')}
              </Text>
            )}
          </fieldset>
          <fieldset className={fields.group}>
            <legend>{t.managed}</legend>
            <Stack gap="sm">
              <Text size="sm" c="dimmed">
                {t.managedAbout}
              </Text>
              <Choice
                label={t.managed}
                data={[
                  { value: 'chosen', label: t.manageChosen },
                  { value: 'all', label: t.manageAll, disabled: !who.manages_all && !role?.manage_all },
                ]}
                value={manageAll ? 'all' : 'chosen'}
                readOnly={readOnly}
                onChange={(v) => setManageAll(v === 'all')}
              />
              {!readOnly && !who.manages_all && !role?.manage_all && (
                <Text size="xs" c="dimmed">
                  {t.manageAllLacking}
                </Text>
              )}
              {!manageAll && (
                <MultiSelect
                  label={t.managedRoles}
                  data={offered.map((x) => ({ value: x.id, label: server.role(x, x.name) }))}
                  value={managed}
                  onChange={setManaged}
                  readOnly={readOnly}
                  searchable={!readOnly}
                  hidePickedOptions
                  placeholder={managed.length === 0 ? t.noRoles : undefined}
                  error={wrong('manages')}
                />
              )}
            </Stack>
          </fieldset>
          <Refused error={gone ? new ApiError({ status: 404, detail: t.goneMeanwhile }) : save.error} />
          <Group justify="space-between">
            <Button component={Link} to="/roles" onClick={settled} variant="subtle" color="gray">
              {readOnly ? t.toList : t.cancel}
            </Button>
            {!readOnly && (
              <Button type="submit" loading={save.isPending}>
                {role ? t.save : t.create}
              </Button>
            )}
          </Group>
        </Stack>
      </Card>
    </form>
  );
}
