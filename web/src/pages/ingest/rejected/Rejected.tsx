import { Button, Card, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useFormats } from '../../../i18n/format';
import { useServerText } from '../../../i18n/server/useServerText';
import { useWords } from '../../../i18n/words';
import { Empty } from '../../../parts/Empty';
import { Failed } from '../../../parts/Failed';
import { Loading } from '../../../parts/Loading';
import { Stale } from '../../../parts/Stale';
import { partWords } from '../../../parts/words';
import { ingestWords } from '../words';
import { RejectedActions } from './RejectedActions';
import { RejectedEvent } from './RejectedEvent';
import { RejectedTable } from './RejectedTable';
import { type Entry, says } from './rejected';
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

/** The rejected events of one tenant, of which some may be chosen. */
function Entries({ tenant }: { tenant: string }) {
  const t = useWords(ingestWords);
  const p = useWords(partWords);
  const { said } = useServerText();
  const { search = '' } = useSearch({ from: '/shell/ingest' });
  const navigate = useNavigate({ from: '/ingest' });
  const rejected = useInfiniteQuery(rejectedQuery(tenant));
  const [chosen, setChosen] = useState<string[]>([]);
  const [opened, setOpened] = useState<Entry>();
  const items = rejected.data?.pages.flatMap((page) => page.items ?? []) ?? [];
  const shown = search ? items.filter((e) => says(e, search, said)) : items;
  const picked = shown.filter((e) => chosen.includes(e.id));
  return (
    <Card withBorder padding={0} component="section" aria-label={t.rejected}>
      <Stack p="md" gap="sm">
        <Text size="sm" c="dimmed" maw={760}>
          {t.rejectedAbout}
        </Text>
        <Group justify="space-between" gap="sm">
          <TextInput
            type="search"
            aria-label={t.searchRejected}
            placeholder={t.searchRejected}
            leftSection={<IconSearch size={16} />}
            flex="1 1 220px"
            maw={380}
            value={search}
            onChange={(e) => {
              const text = e.currentTarget.value;
              navigate({ search: (s) => ({ ...s, search: text || undefined }), replace: true });
            }}
          />
          <RejectedActions
            tenant={tenant}
            entries={picked.length > 0 ? picked : shown}
            all={picked.length === 0}
            onDone={() => setChosen([])}
          />
        </Group>
      </Stack>
      <Stale query={rejected} />
      {rejected.isPending && <Loading lines={6} />}
      {rejected.isError && !rejected.data && <Failed error={rejected.error} retry={() => rejected.refetch()} />}
      {rejected.data &&
        shown.length === 0 &&
        (items.length > 0 ? (
          <Empty title={t.noMatch} hint={rejected.hasNextPage ? t.noMatchMore : t.noMatchHint} />
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
