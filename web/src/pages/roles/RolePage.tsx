import { Anchor, Card } from '@mantine/core';
import { IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { api, call } from '../../api/client';
import { ApiError } from '../../api/error';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { State } from '../../parts/State';
import { manages, type Role } from '../../roles/permissions';
import { useMay } from '../../session/may';
import { useWho } from '../../session/session';
import { RoleForm } from './RoleForm';
import { RoleMenu } from './RoleMenu';
import { rolesWords } from './words';

/** One role, to look at, or to change where one manages it. */
export function RolePage() {
  const t = useWords(rolesWords);
  const server = useServerText();
  const { id } = useParams({ from: '/shell/roles/$id' });
  const role = useQuery({
    queryKey: ['roles', id],
    staleTime: 0,
    queryFn: ({ signal }) => call(api.GET('/api/v1/roles/{id}', { params: { path: { id } }, signal })),
  });
  const fixed = useFixed(role.data);
  if (role.data && role.isFetchedAfterMount) {
    return (
      <Page title={server.role(role.data, role.data.name)} actions={<RoleMenu role={role.data} here />}>
        <RoleForm key={id} role={role.data} fixed={fixed} />
      </Page>
    );
  }
  const gone = role.error instanceof ApiError && role.error.status === 404;
  return (
    <Page title={t.roleTitle}>
      <Card withBorder maw={860}>
        {!role.isError && <Loading lines={10} />}
        {gone && (
          <State icon={IconUserOff} title={t.goneTitle} hint={t.goneHint}>
            <Anchor component={Link} to="/roles" size="sm">
              {t.toList}
            </Anchor>
          </State>
        )}
        {role.isError && !gone && <Failed error={role.error} retry={() => role.refetch()} />}
      </Card>
    </Page>
  );
}

/** Why a role can only be looked at; undefined where it can be changed. */
function useFixed(role: Role | undefined): string | undefined {
  const t = useWords(rolesWords);
  const who = useWho();
  const mayEdit = useMay('EDIT', 'ROLES');
  if (!role) return undefined;
  if (role.system) return t.readOnly;
  const its = role.tenant !== '' || who.reach.all;
  return mayEdit && its && manages(who, role) ? undefined : t.notManaged;
}
