import { Badge, Card, Group, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import { ownZone } from '../../../i18n/zones';
import { Empty } from '../../../parts/Empty';
import { Failed } from '../../../parts/Failed';
import { Loading } from '../../../parts/Loading';
import { Stale } from '../../../parts/Stale';
import { ingestWords } from '../words';
import { recentQuery } from './countsQuery';

/** The events that were accepted last, with the fields that nobody knows. */
export function RecentEvents() {
  const t = useWords(ingestWords);
  const f = useFormats();
  const recent = useQuery(recentQuery);
  const events = recent.data ?? [];
  return (
    <Card withBorder padding={0} component="section" aria-label={t.recent}>
      <Group justify="space-between" px="lg" pt="md" pb="sm" gap={4}>
        <Title order={2}>{t.recent}</Title>
        <Text size="sm" c="dimmed">
          {t.recentAbout}
        </Text>
      </Group>
      <Stale query={recent} />
      {recent.isPending && <Loading lines={6} />}
      {recent.isError && !recent.data && <Failed error={recent.error} retry={() => recent.refetch()} />}
      {recent.data && events.length === 0 && <Empty title={t.nothing} hint={t.nothingHint} />}
      {events.length > 0 && (
        <Table.ScrollContainer
          minWidth={860}
          scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t.recent } }}
        >
          <Table verticalSpacing={6} horizontalSpacing="lg" fz="sm" aria-label={t.recent}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.received}</Table.Th>
                <Table.Th>{t.type}</Table.Th>
                <Table.Th>{t.tenant}</Table.Th>
                <Table.Th>{t.source}</Table.Th>
                <Table.Th>{t.eventId}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {events.map((e) => (
                <Table.Tr key={e.position}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{e.received && f.instant(e.received, ownZone)}</Table.Td>
                  <Table.Td>
                    <Group gap="xs">
                      <span className="mono">{e.type}</span>
                      {e.unknown.length > 0 && (
                        <Badge variant="light" color="orange" tt="none" fw={600}>
                          {t.unknownNames(e.unknown.join(', '))}
                        </Badge>
                      )}
                    </Group>
                  </Table.Td>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{e.tenant}</Table.Td>
                  <Table.Td className="mono" style={{ whiteSpace: 'nowrap' }}>
                    {e.source}
                  </Table.Td>
                  <Table.Td className="mono" style={{ whiteSpace: 'nowrap' }}>
                    {e.id}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}
