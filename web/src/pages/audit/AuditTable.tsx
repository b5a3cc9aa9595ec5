import { Anchor, Badge, Table, Text } from '@mantine/core';
import type { Schemas } from '../../api/client';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { ownZone } from '../../i18n/zones';
import { objectOf, whoOf } from './entryText';
import { actionName, auditWords } from './words';

type Entry = Schemas['AuditEntry'];

/** Entries in rows: what was done opens one. On a phone what the columns say stands below it. */
export function AuditTable({ entries, onOpen }: { entries: Entry[]; onOpen: (entry: Entry) => void }) {
  const t = useWords(auditWords);
  const f = useFormats();
  return (
    <Table verticalSpacing="xs" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th visibleFrom="sm">{t.when}</Table.Th>
          <Table.Th>{t.what}</Table.Th>
          <Table.Th visibleFrom="sm">{t.who}</Table.Th>
          <Table.Th visibleFrom="md">{t.about_}</Table.Th>
          <Table.Th visibleFrom="lg">{t.where}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((e) => {
          const when = e.time ? f.instant(e.time, ownZone) : '';
          const wrong = e.action === 'refused' || e.action === 'session.failed';
          return (
            <Table.Tr key={e.seq} style={{ verticalAlign: 'top' }}>
              <Table.Td visibleFrom="sm" style={{ whiteSpace: 'nowrap' }}>
                {when}
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Anchor component="button" type="button" size="sm" fw={600} ta="left" onClick={() => onOpen(e)}>
                  {actionName(e.action, t)}
                </Anchor>
                {wrong && (
                  <Badge ml="xs" variant="light" color="red" tt="none" fw={600}>
                    {t.notAllowed}
                  </Badge>
                )}
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {whoOf(e, t)} · {when}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="md">
                  {objectOf(e, t)}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm" style={{ overflowWrap: 'anywhere' }}>
                {whoOf(e, t)}
                {e.actor.tenant && (
                  <Text size="xs" c="dimmed">
                    {e.actor.tenant}
                  </Text>
                )}
              </Table.Td>
              <Table.Td visibleFrom="md" style={{ overflowWrap: 'anywhere' }}>
                {objectOf(e, t)}
                {e.tenant && (
                  <Text size="xs" c="dimmed">
                    {e.tenant}
                  </Text>
                )}
              </Table.Td>
              <Table.Td visibleFrom="lg" className="mono">
                {e.address}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
