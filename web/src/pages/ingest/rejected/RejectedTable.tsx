import { Anchor, Badge, Checkbox, Table, Text } from '@mantine/core';
import { useFormats } from '../../../i18n/format';
import { useServerText } from '../../../i18n/server/useServerText';
import { useWords } from '../../../i18n/words';
import { ownZone } from '../../../i18n/zones';
import { ingestWords } from '../words';
import type { Entry } from './rejected';

interface Props {
  entries: Entry[];
  chosen: string[];
  onChoose: (ids: string[]) => void;
  onOpen: (entry: Entry) => void;
}

/** Rejected events in rows: why each one was not taken opens it. */
export function RejectedTable({ entries, chosen, onChoose, onOpen }: Props) {
  const t = useWords(ingestWords);
  const { said } = useServerText();
  const f = useFormats();
  const ids = entries.map((e) => e.id);
  const every = ids.every((id) => chosen.includes(id));
  const some = ids.some((id) => chosen.includes(id));
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.rejected}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={40}>
            <Checkbox
              aria-label={t.chooseAll}
              checked={every}
              indeterminate={some && !every}
              onChange={() => onChoose(every ? [] : ids)}
            />
          </Table.Th>
          <Table.Th>{t.reason}</Table.Th>
          <Table.Th visibleFrom="sm">{t.received}</Table.Th>
          <Table.Th visibleFrom="md">{t.cameWith}</Table.Th>
          <Table.Th visibleFrom="sm" ta="right">
            {t.size}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((e) => {
          const reason = said(e.reason);
          const received = f.instant(e.received, ownZone);
          return (
            <Table.Tr key={e.id} style={{ verticalAlign: 'top' }}>
              <Table.Td>
                <Checkbox
                  aria-label={t.chooseThat(reason, received)}
                  checked={chosen.includes(e.id)}
                  onChange={() =>
                    onChoose(chosen.includes(e.id) ? chosen.filter((id) => id !== e.id) : [...chosen, e.id])
                  }
                />
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Anchor component="button" type="button" size="sm" fw={600} ta="left" onClick={() => onOpen(e)}>
                  {reason}
                </Anchor>
                {e.path && (
                  <Text className="mono" c="dimmed">
                    {e.path}
                  </Text>
                )}
                {!e.whole && (
                  <Badge variant="light" color="orange" tt="none" fw={600} mt={4}>
                    {t.notWhole}
                  </Badge>
                )}
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {received} · {t.bytes(f.number(e.length))}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="sm" style={{ whiteSpace: 'nowrap' }}>
                {received}
              </Table.Td>
              <Table.Td visibleFrom="md" className="mono" style={{ overflowWrap: 'anywhere' }}>
                {e.source}
              </Table.Td>
              <Table.Td visibleFrom="sm" ta="right" style={{ whiteSpace: 'nowrap' }}>
                {t.bytes(f.number(e.length))}
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
