import { Anchor, Badge, Button, Card, Group, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Formats, useFormats } from '../../i18n/format';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { Empty } from '../../parts/Empty';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { useTenantNames } from '../../reports/useTenantNames';
import { actions, entities, type Role, squaresOf } from '../../roles/permissions';
import { rolesQuery } from '../../roles/roles';
import { useMay } from '../../session/may';
import { areasOf } from './PermissionGrid';
import { RoleMenu } from './RoleMenu';
import { rolesWords } from './words';

/** What members may do: every role that may be seen, and the way to another. */
export function RolesPage() {
  const t = useWords(rolesWords);
  const mayAdd = useMay('ADD', 'ROLES');
  const roles = useQuery(rolesQuery);
  const [text, setText] = useState('');
  const { role } = useServerText();
  const nameOf = (r: Role) => role(r, r.name);
  const shown = (roles.data ?? [])
    .filter((r) => nameOf(r).toLowerCase().includes(text.trim().toLowerCase()))
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  return (
    <Page
      title={t.title}
      about={t.about}
      actions={
        mayAdd && (
          <Button component={Link} to="/roles/new" leftSection={<IconPlus size={18} />}>
            {t.add}
          </Button>
        )
      }
    >
      <Card withBorder padding={0} component="section" aria-label={t.listed}>
        <Group p="md">
          <TextInput
            type="search"
            aria-label={t.search}
            placeholder={t.search}
            leftSection={<IconSearch size={16} />}
            flex="1 1 200px"
            maw={340}
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
          />
        </Group>
        {roles.isPending && <Loading lines={8} />}
        {roles.isError && !roles.data && <Failed error={roles.error} retry={() => roles.refetch()} />}
        {roles.data && shown.length === 0 && (
          <Empty title={text ? t.noMatch : t.none} hint={text ? t.noMatchHint : undefined} />
        )}
        {shown.length > 0 && <RoleTable roles={shown} />}
      </Card>
    </Page>
  );
}

function RoleTable({ roles }: { roles: Role[] }) {
  const t = useWords(rolesWords);
  const f = useFormats();
  const { role } = useServerText();
  const nameOf = useTenantNames(roles.map((r) => r.tenant));
  const whoseOf = (r: Role) => {
    if (r.for_tenants) return t.everyTenant;
    return r.tenant === '' ? t.provider : nameOf(r.tenant);
  };
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.name}</Table.Th>
          <Table.Th visibleFrom="sm">{t.of}</Table.Th>
          <Table.Th visibleFrom="md">{t.allows}</Table.Th>
          <Table.Th visibleFrom="md">{t.manages}</Table.Th>
          <Table.Th w={56}>
            <VisuallyHidden>{t.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {roles.map((r) => {
          const allows = allowsText(r, t, f);
          return (
            <Table.Tr key={r.id} style={{ verticalAlign: 'top' }}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Group gap="4px 8px">
                  <Anchor component={Link} to={`/roles/${r.id}`} size="sm" fw={600}>
                    {role(r, r.name)}
                  </Anchor>
                  {r.system && (
                    <Badge variant="light" color="gray" tt="none" fw={600} autoContrast>
                      {t.system}
                    </Badge>
                  )}
                </Group>
                <Text size="xs" c="dimmed">
                  {role(r, r.description)}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {t.of}: {whoseOf(r)}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="md">
                  {t.allows}: {allows}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm">{whoseOf(r)}</Table.Td>
              <Table.Td visibleFrom="md">{allows}</Table.Td>
              <Table.Td visibleFrom="md">{managesText(r, t, f)}</Table.Td>
              <Table.Td>
                <RoleMenu role={r} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

type Words = (typeof rolesWords)['en'];

function allowsText(r: Role, t: Words, f: Formats): string {
  const squares = squaresOf(r.permissions);
  if (squares.size === entities.length * actions.length) return t.everything;
  const only = [...squares].every((s) => s.endsWith(':VIEW'));
  return (only ? t.seesEntities : t.ofEntities)(f.number(areasOf(squares)), f.number(entities.length));
}

function managesText(r: Role, t: Words, f: Formats): string {
  if (r.manage_all) return t.allRoles;
  const n = r.manages.length;
  return n === 0 ? t.noRoles : n === 1 ? t.oneRole : t.someRoles(f.number(n));
}
