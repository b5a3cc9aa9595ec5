import { Anchor, Box, Table, Text, VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useFormats } from '../../i18n/format';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { sentence } from '../../parts/Failed';
import { useTitles } from '../../reports/useTitles';
import { whoseText } from '../../runs/ofWhat';
import { runWords } from '../../runs/words';
import { useMay } from '../../session/may';
import { EnabledSwitch } from './EnabledSwitch';
import { LastRun } from './LastRun';
import { recurrenceText, zoneOf } from './recurrence';
import { ScheduleMenu } from './ScheduleMenu';
import type { Schedule } from './schedules';
import { schedulesWords } from './words';

/** Schedules in rows. On a phone what the columns say stands below the name. */
export function ScheduleTable({ schedules }: { schedules: Schedule[] }) {
  const t = useWords(schedulesWords);
  const { said } = useServerText();
  const r = useWords(runWords);
  const f = useFormats();
  const mayEdit = useMay('EDIT', 'SCHEDULED_TASKS');
  const titleOf = useTitles();
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={70}>{t.enabled}</Table.Th>
          <Table.Th miw={150}>{r.name}</Table.Th>
          <Table.Th visibleFrom="md">{t.report}</Table.Th>
          <Table.Th visibleFrom="md">{t.recurrence}</Table.Th>
          <Table.Th visibleFrom="xl">{t.next}</Table.Th>
          <Table.Th visibleFrom="sm">{t.last}</Table.Th>
          <Table.Th w={56}>
            <VisuallyHidden>{t.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {schedules.map((k) => {
          const words = recurrenceText(k.recurrence, t, f);
          const next = k.next ? f.minute(k.next, zoneOf(k)) : t.paused;
          return (
            <Table.Tr key={k.id} style={{ verticalAlign: 'top' }}>
              <Table.Td>
                <EnabledSwitch schedule={k} mayEdit={mayEdit} />
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Anchor
                  component={Link}
                  to={mayEdit ? `/schedules/${k.id}/edit` : `/schedules/${k.id}`}
                  size="sm"
                  fw={600}
                >
                  {k.name}
                </Anchor>
                {k.description && (
                  <Text size="xs" c="dimmed" lineClamp={2}>
                    {k.description}
                  </Text>
                )}
                {k.stopped && (
                  <Text size="xs" c="var(--mantine-color-error)">
                    {sentence(t.stopped(said(k.stopped)))}
                  </Text>
                )}
                <Text size="xs" c="dimmed" hiddenFrom="md">
                  {titleOf(k.report)} · {words}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="md">
                  {t.next}: {next}
                </Text>
                <Box hiddenFrom="sm" mt={6}>
                  <LastRun schedule={k} />
                </Box>
              </Table.Td>
              <Table.Td visibleFrom="md">
                <Text size="sm">{titleOf(k.report)}</Text>
                <Text size="xs" c="dimmed">
                  {whoseText(k, r, f)} · {t.ownedBy(k.owner_name)}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="md" maw={260}>
                {words}
                <Text size="xs" c="dimmed" hiddenFrom="xl">
                  {t.next}: {next}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="xl" c={k.next ? undefined : 'dimmed'} style={{ whiteSpace: 'nowrap' }}>
                {next}
              </Table.Td>
              <Table.Td visibleFrom="sm">
                <LastRun schedule={k} />
              </Table.Td>
              <Table.Td>
                <ScheduleMenu schedule={k} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
