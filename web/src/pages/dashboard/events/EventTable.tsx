import { Badge, Table } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import type { Schemas } from '../../../api/client';
import { useFormats } from '../../../i18n/format';
import { useServerText } from '../../../i18n/server/useServerText';
import { useWords } from '../../../i18n/words';
import { eventsWords } from './words';

/** Events in their order, each counted or with the reason why not. */
export function EventTable({ events, zone }: { events: Schemas['CellEvent'][]; zone: string }) {
  const t = useWords(eventsWords);
  const f = useFormats();
  const { said } = useServerText();
  return (
    <Table.ScrollContainer
      minWidth={720}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t.listed } }}
    >
      <Table verticalSpacing={6} fz="sm" aria-label={t.listed}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.why}</Table.Th>
            <Table.Th>{`${t.time} (${zone})`}</Table.Th>
            <Table.Th>{t.type}</Table.Th>
            <Table.Th>{t.item}</Table.Th>
            <Table.Th>{t.id}</Table.Th>
            <Table.Th>{t.source}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((e) => (
            <Table.Tr key={`${e.position} ${e.item ?? ''} ${e.counted}`}>
              <Table.Td miw={180}>
                {e.counted ? (
                  <Badge variant="light" tt="none" fw={600} leftSection={<IconCheck size={12} aria-hidden />}>
                    {t.counted}
                  </Badge>
                ) : (
                  <Badge
                    variant="light"
                    color="gray"
                    tt="none"
                    fw={500}
                    h="auto"
                    py={2}
                    lh={1.3}
                    radius="md"
                    styles={{ label: { whiteSpace: 'normal' } }}
                    leftSection={<IconMinus size={12} aria-hidden />}
                  >
                    {said(e.reason ?? '')}
                  </Badge>
                )}
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{f.instant(e.time, zone)}</Table.Td>
              <Table.Td className="mono" style={{ whiteSpace: 'nowrap' }}>
                {e.type}
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{e.item}</Table.Td>
              <Table.Td className="mono" style={{ whiteSpace: 'nowrap' }}>
                {e.id}
              </Table.Td>
              <Table.Td className="mono" style={{ whiteSpace: 'nowrap' }}>
                {e.source}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
