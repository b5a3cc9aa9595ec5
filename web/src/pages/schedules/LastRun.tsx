import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useFormats } from '../../i18n/format';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import { sentence } from '../../parts/Failed';
import { StateBadge } from '../../runs/RunState';
import { zoneOf } from './recurrence';
import type { Schedule } from './schedules';
import { schedulesWords } from './words';

/** How a schedule's newest run has come out: its state, when it was due, and what its recipients have got. */
export function LastRun({ schedule }: { schedule: Schedule }) {
  const { last } = schedule;
  const t = useWords(schedulesWords);
  const { said } = useServerText();
  const f = useFormats();
  if (!last) {
    return (
      <Text size="sm" c="dimmed">
        {t.never}
      </Text>
    );
  }
  const { pending = 0, sending = 0, sent = 0, failed = 0, unknown = 0 } = last.deliveries;
  const told = [
    sent > 0 && t.sent(f.number(sent)),
    pending + sending > 0 && t.waiting(f.number(pending + sending)),
    failed > 0 && t.notSent(f.number(failed)),
    unknown > 0 && t.unknown(f.number(unknown)),
  ].filter((x) => x !== false);
  return (
    <Stack gap={2} align="flex-start" maw={280}>
      <Group gap="4px 8px">
        <StateBadge state={last.state} />
        {last.at && (
          <Anchor component={Link} to={`/runs/${last.id}`} size="sm" style={{ whiteSpace: 'nowrap' }}>
            {f.minute(last.at, zoneOf(schedule))}
          </Anchor>
        )}
      </Group>
      {(told.length > 0 || last.late) && (
        <Text size="xs" c={failed + unknown > 0 ? 'var(--mantine-color-error)' : 'dimmed'}>
          {[last.late ? t.lateRun : '', ...told].filter(Boolean).join(' · ')}
        </Text>
      )}
      {last.waits && (
        <Text size="xs" c="dimmed" lineClamp={2}>
          {sentence(said(last.waits))}
        </Text>
      )}
      {last.error && last.state !== 'done' && (
        <Text size="xs" c="var(--mantine-color-error)" lineClamp={2}>
          {sentence(said(last.error))}
        </Text>
      )}
    </Stack>
  );
}
