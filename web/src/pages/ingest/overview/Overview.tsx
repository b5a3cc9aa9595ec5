import { Alert, Card, Group, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useFormats } from '../../../i18n/format';
import { useServerText } from '../../../i18n/server/useServerText';
import { useWords } from '../../../i18n/words';
import { Empty } from '../../../parts/Empty';
import { Failed } from '../../../parts/Failed';
import { Loading } from '../../../parts/Loading';
import { Stale } from '../../../parts/Stale';
import { useMay } from '../../../session/may';
import { useWho } from '../../../session/session';
import { spans } from '../route';
import { ingestWords } from '../words';
import type { Sums } from './counts';
import { countsQuery } from './countsQuery';
import { RecentEvents } from './RecentEvents';
import { SourceTable } from './SourceTable';

/** What came in until now: how much, of which sources, why not, and the last events. */
export function Overview() {
  const t = useWords(ingestWords);
  const { said } = useServerText();
  const f = useFormats();
  const who = useWho();
  const counted = useMay('VIEW', 'REPORTS');
  const { last = 'day' } = useSearch({ from: '/shell/ingest' });
  const navigate = useNavigate({ from: '/ingest' });
  const counts = useQuery({ ...countsQuery(who, last), enabled: counted });
  return (
    <Stack gap="lg">
      {!counted && <Alert color="gray">{t.noCounts}</Alert>}
      {counted && (
        <Card withBorder padding={0} component="section" aria-label={t.counts}>
          <Group justify="space-between" px="lg" pt="md" pb="sm" gap="sm">
            <Title order={2}>{t.counts}</Title>
            <SegmentedControl
              size="xs"
              aria-label={t.span}
              value={last}
              data={spans.map((value) => ({ value, label: t[value] }))}
              onChange={(v) =>
                navigate({
                  search: (s) => ({ ...s, last: spans.find((x) => x === v && x !== 'day') }),
                  replace: true,
                })
              }
            />
          </Group>
          <Stale query={counts} />
          {counts.isPending && <Loading height={90} />}
          {counts.isError && !counts.data && <Failed error={counts.error} retry={() => counts.refetch()} />}
          {counts.data && <Band sums={counts.data.sums} minutes={counts.data.minutes} />}
          {counts.data &&
            (counts.data.sources.length > 0 ? (
              <SourceTable sources={counts.data.sources} />
            ) : (
              <Empty title={t.nothing} hint={t.nothingHint} />
            ))}
        </Card>
      )}
      {counts.data && counts.data.reasons.length > 0 && (
        <Card withBorder padding="lg" component="section" aria-label={t.reasons}>
          <Title order={2} mb="sm">
            {t.reasons}
          </Title>
          <Stack gap={6} maw={520}>
            {counts.data.reasons.map((r) => (
              <Group key={r.reason} justify="space-between" wrap="nowrap">
                <Text size="sm">{said(r.reason)}</Text>
                <Text size="sm" fw={600}>
                  {f.number(r.count)}
                </Text>
              </Group>
            ))}
          </Stack>
        </Card>
      )}
      <RecentEvents />
    </Stack>
  );
}

/** The numbers of all sources together. */
function Band({ sums, minutes }: { sums: Sums; minutes: number }) {
  const t = useWords(ingestWords);
  const f = useFormats();
  const rate = (sums.Accepted + sums.Duplicates + sums.Rejected) / minutes;
  const figures = [
    { label: t.rate, value: rate >= 10 || rate === 0 ? f.number(Math.round(rate)) : f.decimal(rate) },
    { label: t.accepted, value: f.number(sums.Accepted) },
    { label: t.duplicates, value: f.number(sums.Duplicates) },
    {
      label: t.conflicting,
      value: f.number(sums['Conflicting Duplicates']),
      wrong: sums['Conflicting Duplicates'] > 0,
    },
    { label: t.rejectedCount, value: f.number(sums.Rejected), wrong: sums.Rejected > 0 },
    { label: t.unknownFields, value: f.number(sums['With Unknown Fields']), wrong: sums['With Unknown Fields'] > 0 },
  ];
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3, lg: 6 }} px="lg" pt="xs" pb="lg" m={0} spacing="lg">
      {figures.map((x) => (
        <div key={x.label}>
          <Text component="dt" size="sm" c="dimmed">
            {x.label}
          </Text>
          <Text component="dd" m={0} fz={26} fw={650} lh={1.3} c={x.wrong ? 'var(--mantine-color-error)' : undefined}>
            {x.value}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
}
