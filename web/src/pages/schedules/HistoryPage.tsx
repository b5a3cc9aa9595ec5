import { Anchor, Button, Card, Group, Stack } from '@mantine/core';
import { IconCalendarOff, IconPencil } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ApiError } from '../../api/error';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { Empty } from '../../parts/Empty';
import { Fact, Facts } from '../../parts/Facts';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { State } from '../../parts/State';
import { useMay } from '../../session/may';
import { EnabledSwitch } from './EnabledSwitch';
import { historyWords } from './historyWords';
import { RunTable } from './RunTable';
import { recurrenceText, zoneOf } from './recurrence';
import { ScheduleMenu } from './ScheduleMenu';
import { type Schedule, scheduleQuery, scheduleRunsQuery } from './schedules';
import { schedulesWords } from './words';

/** What a schedule has made, and what its recipients have got of it. */
export function HistoryPage() {
  const t = useWords(historyWords);
  const { id } = useParams({ from: '/shell/schedules/$id' });
  const schedule = useQuery(scheduleQuery(id));
  const gone = schedule.error instanceof ApiError && schedule.error.status === 404;
  if (schedule.data && !gone) return <History schedule={schedule.data} />;
  return (
    <Page title={t.title}>
      <Card withBorder>
        {schedule.isPending && <Loading lines={8} />}
        {gone && (
          <State icon={IconCalendarOff} title={t.goneTitle} hint={t.goneHint}>
            <Anchor component={Link} to="/schedules" size="sm">
              {t.toList}
            </Anchor>
          </State>
        )}
        {schedule.isError && !gone && <Failed error={schedule.error} retry={() => schedule.refetch()} />}
      </Card>
    </Page>
  );
}

function History({ schedule }: { schedule: Schedule }) {
  const t = useWords(historyWords);
  const k = useWords(schedulesWords);
  const f = useFormats();
  const mayEdit = useMay('EDIT', 'SCHEDULED_TASKS');
  const runs = useInfiniteQuery(scheduleRunsQuery(schedule.id));
  const items = runs.data?.pages.flatMap((p) => p.items) ?? [];
  const to = schedule.recipients.map((r) => r.name || r.address || '');
  return (
    <Page
      title={schedule.name}
      about={schedule.description}
      actions={
        <>
          <EnabledSwitch schedule={schedule} mayEdit={mayEdit} label={k.enabled} />
          {mayEdit && (
            <Button
              component={Link}
              to={`/schedules/${schedule.id}/edit`}
              variant="default"
              leftSection={<IconPencil size={18} stroke={1.6} />}
            >
              {t.edit}
            </Button>
          )}
          <ScheduleMenu schedule={schedule} here />
        </>
      }
    >
      <Card withBorder>
        <Facts>
          <Fact term={k.recurrence}>{recurrenceText(schedule.recurrence, k, f)}</Fact>
          <Fact term={t.nextRun}>
            {schedule.stopped
              ? k.stopped(schedule.stopped)
              : schedule.next
                ? f.minute(schedule.next, zoneOf(schedule))
                : t.paused}
          </Fact>
          <Fact term={t.recipients}>{to.length > 0 ? f.list(to) : t.nobody}</Fact>
          {schedule.covered_until && (
            <Fact term={t.coveredUntil}>{f.minute(schedule.covered_until, zoneOf(schedule))}</Fact>
          )}
        </Facts>
      </Card>
      <Card withBorder padding={0} component="section" aria-label={t.listed}>
        {runs.isPending && <Loading lines={8} />}
        {runs.isError && items.length === 0 && <Failed error={runs.error} retry={() => runs.refetch()} />}
        {runs.isSuccess && items.length === 0 && (
          <Empty
            title={t.none}
            hint={schedule.next ? t.noneHint(f.minute(schedule.next, zoneOf(schedule))) : t.noneHintPaused}
          />
        )}
        {items.length > 0 && <RunTable runs={items} schedule={schedule} />}
        {runs.hasNextPage && (
          <Group justify="center" p="md">
            <Button variant="default" loading={runs.isFetchingNextPage} onClick={() => runs.fetchNextPage()}>
              {t.more}
            </Button>
          </Group>
        )}
      </Card>
      <Stack align="flex-start">
        <Anchor component={Link} to="/schedules" size="sm">
          {t.toList}
        </Anchor>
      </Stack>
    </Page>
  );
}
