import { Anchor, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload, IconMapPinOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { ApiError } from '../../api/error';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { ownZone } from '../../i18n/zones';
import { Fact, Facts } from '../../parts/Facts';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { State } from '../../parts/State';
import { useTitles } from '../../reports/useTitles';
import { Deliveries } from '../../runs/Deliveries';
import { runPeriod, whoseText } from '../../runs/ofWhat';
import { RunState } from '../../runs/RunState';
import { runWords } from '../../runs/words';
import { useMay } from '../../session/may';
import { ReceiptCard } from './ReceiptCard';
import { runQuery } from './run';
import { runPageWords } from './words';

type Run = Schemas['Run'];

/** One report that was made: what a mail's link leads to. */
export function RunPage() {
  const t = useWords(runPageWords);
  const { id } = useParams({ from: '/shell/runs/$id' });
  const run = useQuery(runQuery(id));
  const seesSchedules = useMay('VIEW', 'SCHEDULED_TASKS');
  if (run.isPending) {
    return (
      <Page title={t.title}>
        <Card withBorder>
          <Loading lines={8} />
        </Card>
      </Page>
    );
  }
  const gone = run.error instanceof ApiError && run.error.status === 404;
  if (gone || !run.data) {
    return (
      <Page title={t.title}>
        <Card withBorder>
          {gone ? (
            <State icon={IconMapPinOff} title={t.goneTitle} hint={t.goneHint} />
          ) : (
            <Failed error={run.error} retry={() => run.refetch()} />
          )}
        </Card>
      </Page>
    );
  }
  const { kind, name, description, file } = run.data;
  return (
    <Page title={name} about={description} actions={<ToList run={run.data} />}>
      <Stack gap="lg" maw={1100}>
        <Facets run={run.data} />
        {kind === 'scheduled' && seesSchedules && (
          <Card withBorder padding={0} component="section" aria-labelledby="recipients">
            <Title order={2} id="recipients" p="md" pb={0}>
              {t.recipients}
            </Title>
            <Deliveries run={run.data} zone={run.data.job.zone || 'UTC'} />
          </Card>
        )}
        {file && <ReceiptCard run={id} file={file.name} />}
      </Stack>
    </Page>
  );
}

/** The way to the list that the run is of. */
function ToList({ run }: { run: Run }) {
  const t = useWords(runPageWords);
  const seesSchedules = useMay('VIEW', 'SCHEDULED_TASKS');
  const seesExports = useMay('VIEW', 'EXPORT_REPORTS');
  if (run.schedule && seesSchedules) {
    return (
      <Anchor component={Link} to={`/schedules/${run.schedule}`} size="sm">
        {t.ofSchedule}
      </Anchor>
    );
  }
  if (run.kind === 'export' && seesExports) {
    return (
      <Anchor component={Link} to="/exports" size="sm">
        {t.toExports}
      </Anchor>
    );
  }
  return null;
}

/** How the run is, and what of. */
function Facets({ run }: { run: Run }) {
  const t = useWords(runPageWords);
  const r = useWords(runWords);
  const f = useFormats();
  const titleOf = useTitles();
  const scheduled = run.kind === 'scheduled';
  const zone = run.job.zone || 'UTC';
  const clocks = scheduled ? zone : ownZone;
  const { file } = run;
  const notes = [
    run.late && t.lateNote,
    run.again && t.againNote,
    run.late_events > 0 && t.lateEvents(f.number(run.late_events)),
    run.deleted && t.deleted(f.minute(run.deleted, ownZone)),
  ].filter((x) => typeof x === 'string');
  return (
    <Card withBorder component="section" aria-label={t.facts}>
      <Stack gap="lg">
        <Group justify="space-between" align="flex-start" gap="md">
          <RunState run={run} />
          {file && !file.removed && (
            <Button
              component="a"
              href={`/api/v1/runs/${run.id}/file`}
              download
              leftSection={<IconDownload size={18} stroke={1.6} />}
            >
              {r.download}
            </Button>
          )}
        </Group>
        <Facts>
          <Fact term={t.report}>{titleOf(run.job.report)}</Fact>
          <Fact term={t.whose}>{whoseText(run.job, r, f)}</Fact>
          <Fact term={t.period}>
            {runPeriod(run, r, f)}
            {(run.job.zone || run.from) && (
              <Text span size="sm" c="dimmed">
                {' '}
                · {zone}
              </Text>
            )}
          </Fact>
          {run.at && <Fact term={scheduled ? t.due : t.asked}>{f.minute(run.at, clocks)}</Fact>}
          {run.finished && <Fact term={t.made}>{f.minute(run.finished, clocks)}</Fact>}
          <Fact term={t.by}>{run.maker_name}</Fact>
          <Fact term={t.file}>
            {file ? (
              <>
                {file.name} · {f.bytes(file.size)}
                {file.removed && (
                  <Text size="sm" c="dimmed">
                    {r.fileGone(f.minute(file.removed, ownZone))}
                  </Text>
                )}
              </>
            ) : (
              t.noFile
            )}
          </Fact>
        </Facts>
        {notes.length > 0 && (
          <Text size="sm" c="dimmed">
            {notes.join(' ')}
          </Text>
        )}
      </Stack>
    </Card>
  );
}
