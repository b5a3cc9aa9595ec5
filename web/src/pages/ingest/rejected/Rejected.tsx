import { Button, Card, Group, Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import { Empty } from '../../../parts/Empty';
import { Failed } from '../../../parts/Failed';
import { Loading } from '../../../parts/Loading';
import { Stale } from '../../../parts/Stale';
import { partWords } from '../../../parts/words';
import { ingestWords } from '../words';
import { RejectedActions } from './RejectedActions';
import { RejectedEvent } from './RejectedEvent';
import { RejectedFilters } from './RejectedFilters';
import { RejectedTable } from './RejectedTable';
import { type Entry, filterOf } from './rejected';
import { rejectedQuery, whoseQuery } from './rejectedQuery';

/** Events that were not taken, and are kept until somebody lets them go: whose they are comes first. */
export function Rejected() {
  const t = useWords(ingestWords);
  const f = useFormats();
  const { tenant, none } = useSearch({ from: '/shell/ingest' });
  const navigate = useNavigate({ from: '/ingest' });
  const whose = useQuery(whoseQuery);
  const named = none ? '' : tenant;
  if (whose.isPending)
    return (
      <Card withBorder padding={0}>
        <Loading lines={6} />
      </Card>
    );
  if (whose.isError && !whose.data) return <Failed error={whose.error} retry={() => whose.refetch()} />;
  const list = whose.data ?? [];
  const shown = named ?? list[0]?.tenant;
  if (shown === undefined || (list.length === 0 && named === undefined))
    return (
      <Card withBorder padding={0}>
        <Empty title={t.noRejected} hint={t.noRejectedHint} />
      </Card>
    );
  const options = list.map((x) => ({ value: `=${x.tenant}`, label: t.whose(x.tenant, f.number(x.entries)) }));
  if (!list.some((x) => x.tenant === shown)) options.push({ value: `=${shown}`, label: t.whose(shown, '0') });
  return (
    <Stack gap="lg">
      <Select
        label={t.whoseLabel}
        maw={420}
        allowDeselect={false}
        searchable={list.length > 8}
        data={options}
        value={`=${shown}`}
        onChange={(v) => {
          const id = v?.slice(1) ?? '';
          navigate({ search: { tab: 'rejected', tenant: id || undefined, none: id ? undefined : 'true' } });
        }}
      />
      <Entries key={shown} tenant={shown} />
    </Stack>
  );
}

/** The rejected events of one tenant that the address asks for, of which some may be chosen. */
function Entries({ tenant }: { tenant: string }) {
  const t = useWords(ingestWords);
  const p = useWords(partWords);
  const search = useSearch({ from: '/shell/ingest' });
  const filter = filterOf(search);
  const rejected = useInfiniteQuery(rejectedQuery(tenant, filter));
  const [chosen, setChosen] = useState<string[]>([]);
  const [opened, setOpened] = useState<Entry>();
  const shown = rejected.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  const picked = shown.filter((e) => chosen.includes(e.id));
  return (
    <Card withBorder padding={0} component="section" aria-label={t.rejected}>
      <Stack p="md" gap="sm">
        <Text size="sm" c="dimmed" maw={760}>
          {t.rejectedAbout}
        </Text>
        <RejectedFilters search={search} />
        <RejectedActions
          tenant={tenant}
          entries={picked.length > 0 ? picked : shown}
          all={picked.length === 0 ? { filter, more: rejected.hasNextPage } : undefined}
          waits={rejected.isPlaceholderData}
          onDone={() => setChosen([])}
        />
      </Stack>
      <Stale query={rejected} />
      {rejected.isPending && <Loading lines={6} />}
      {rejected.isError && !rejected.data && <Failed error={rejected.error} retry={() => rejected.refetch()} />}
      {rejected.data &&
        shown.length === 0 &&
        (filter ? (
          <Empty title={t.noMatch} hint={t.noMatchHint} />
        ) : (
          <Empty title={t.noRejected} hint={t.noRejectedHint} />
        ))}
      {shown.length > 0 && <RejectedTable entries={shown} chosen={chosen} onChoose={setChosen} onOpen={setOpened} />}
      {rejected.hasNextPage && (
        <Group justify="center" p="md">
          <Button variant="default" loading={rejected.isFetchingNextPage} onClick={() => rejected.fetchNextPage()}>
            {p.more}
          </Button>
        </Group>
      )}
      <RejectedEvent tenant={tenant} entry={opened} onClose={() => setOpened(undefined)} />
    </Card>
  );
}
