import { Badge, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useFormats } from '../../i18n/format';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { ownZone } from '../../i18n/zones';
import { useTenantNames } from '../../reports/useTenantNames';
import { rolesQuery } from '../../roles/roles';
import { useWho } from '../../session/session';
import type { MadeLink } from './LinkShown';
import { MemberMenu } from './MemberMenu';
import type { Member } from './members';
import { membersWords } from './words';

const colors: Record<Member['status'], string> = { active: 'tally', invited: 'blue', disabled: 'gray' };

interface Props {
  members: Member[];
  onEdit: (member: Member) => void;
  onLink: (made: MadeLink) => void;
}

/** Members in rows. On a phone what the columns say stands below the name. */
export function MemberTable({ members, onEdit, onLink }: Props) {
  const t = useWords(membersWords);
  const f = useFormats();
  const who = useWho();
  const roles = useQuery(rolesQuery);
  const server = useServerText();
  const nameOf = useTenantNames(members.map((m) => m.tenant));
  const companyOf = (id: string) => (id === '' ? t.provider : nameOf(id));
  const roleOf = (id: string) => {
    const role = roles.data?.find((r) => r.id === id);
    return role ? server.role(role, role.name) : id;
  };
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.member}</Table.Th>
          <Table.Th visibleFrom="md">{t.tenant}</Table.Th>
          <Table.Th visibleFrom="sm">{t.roles}</Table.Th>
          <Table.Th visibleFrom="xs">{t.state}</Table.Th>
          <Table.Th visibleFrom="lg">{t.since}</Table.Th>
          <Table.Th w={56}>
            <VisuallyHidden>{t.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {members.map((m) => {
          const state = (
            <Badge variant="light" color={colors[m.status]} tt="none" fw={600} autoContrast>
              {t[m.status]}
            </Badge>
          );
          const given = m.roles.map(roleOf);
          return (
            <Table.Tr key={m.id} style={{ verticalAlign: 'top' }}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Text size="sm" fw={600}>
                  {m.name}
                  {m.id === who.id && (
                    <Text span size="sm" c="dimmed">
                      {' '}
                      ({t.you})
                    </Text>
                  )}
                </Text>
                <Text size="xs" c="dimmed">
                  {m.email}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="md">
                  {companyOf(m.tenant)}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {given.join(', ')}
                </Text>
                <Group hiddenFrom="xs" mt={6}>
                  {state}
                </Group>
              </Table.Td>
              <Table.Td visibleFrom="md" style={{ overflowWrap: 'anywhere' }}>
                {companyOf(m.tenant)}
              </Table.Td>
              <Table.Td visibleFrom="sm">{given.join(', ')}</Table.Td>
              <Table.Td visibleFrom="xs">{state}</Table.Td>
              <Table.Td visibleFrom="lg">{m.created && f.dateOf(m.created, ownZone)}</Table.Td>
              <Table.Td>
                {roles.data && <MemberMenu member={m} roles={roles.data} onEdit={() => onEdit(m)} onLink={onLink} />}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
