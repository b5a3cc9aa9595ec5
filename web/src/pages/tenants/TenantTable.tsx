import { ActionIcon, Badge, Menu, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconDotsVertical, IconFileAnalytics, IconLock } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { Schemas } from '../../api/client';
import { useWords } from '../../i18n/words';
import { runWords } from '../../runs/words';
import { tenantsWords } from './words';

interface Props {
  tenants: Schemas['Tenant'][];
  /** Missing where somebody may not. */
  generate?: (id: string) => void;
}

export function TenantTable({ tenants, generate }: Props) {
  const t = useWords(tenantsWords);
  const r = useWords(runWords);
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{r.company_name}</Table.Th>
          <Table.Th visibleFrom="sm">{r.hostname}</Table.Th>
          <Table.Th visibleFrom="sm">{r.contract_mode}</Table.Th>
          <Table.Th visibleFrom="md">{r.provider}</Table.Th>
          <Table.Th visibleFrom="lg">{t.zone}</Table.Th>
          <Table.Th visibleFrom="xs">{t.state}</Table.Th>
          {generate && (
            <Table.Th>
              <VisuallyHidden>{t.actions}</VisuallyHidden>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tenants.map((x) => {
          const name = x.company_name || x.id;
          return (
            <Table.Tr key={x.id}>
              <Table.Td miw={150} style={{ overflowWrap: 'anywhere' }}>
                <Text size="sm" fw={600}>
                  {name}
                </Text>
                <Text c="dimmed" className="mono">
                  {x.id}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {[x.hostname, r[x.contract_mode]].filter(Boolean).join(' · ')}
                </Text>
                {x.locked && (
                  <Text size="xs" hiddenFrom="xs">
                    {t.isLocked}
                  </Text>
                )}
              </Table.Td>
              <Table.Td visibleFrom="sm" style={{ overflowWrap: 'break-word' }}>
                <HostName name={x.hostname} />
              </Table.Td>
              <Table.Td visibleFrom="sm">{r[x.contract_mode]}</Table.Td>
              <Table.Td visibleFrom="md" style={{ whiteSpace: 'nowrap' }}>
                {x.provider || (
                  <Text span inherit c="dimmed">
                    {t.ofProvider}
                  </Text>
                )}
              </Table.Td>
              <Table.Td visibleFrom="lg">{x.time_zone}</Table.Td>
              <Table.Td visibleFrom="xs">
                {x.locked ? (
                  <Badge
                    variant="light"
                    color="orange"
                    tt="none"
                    fw={600}
                    leftSection={<IconLock size={12} aria-hidden />}
                  >
                    {t.isLocked}
                  </Badge>
                ) : (
                  t.isOpen
                )}
              </Table.Td>
              {generate && (
                <Table.Td w={56}>
                  <Menu position="bottom-end">
                    <Menu.Target>
                      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.menuOf(name)}>
                        <IconDotsVertical size={18} stroke={1.6} />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item leftSection={<IconFileAnalytics size={16} />} onClick={() => generate(x.id)}>
                        {t.generateFor}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </Table.Td>
              )}
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** A host's name, which goes on in the next line behind a dot. */
function HostName({ name }: { name: string }) {
  const parts = name.split(/(?<=\.)/);
  return parts.map((part, i) => (
    <Fragment key={parts.slice(0, i + 1).join('')}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
