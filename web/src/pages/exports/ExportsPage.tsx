import { Button, Card, Group, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useWords } from '../../i18n/words';
import { Empty } from '../../parts/Empty';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { SearchBox } from '../../parts/SearchBox';
import { Stale } from '../../parts/Stale';
import { ExportDialog } from '../../runs/ExportDialog';
import { runWords } from '../../runs/words';
import { useMay } from '../../session/may';
import { ExportTable } from './ExportTable';
import { exportsQuery } from './exports';
import { exportStates } from './route';
import { exportsWords } from './words';

/** The reports that were asked for, how far they are, and the way to another. */
export function ExportsPage() {
  const t = useWords(exportsWords);
  const r = useWords(runWords);
  const search = useSearch({ from: '/shell/exports' });
  const navigate = useNavigate({ from: '/exports' });
  const mayAdd = useMay('ADD', 'EXPORT_REPORTS');
  const exports = useInfiniteQuery(exportsQuery(search));
  const [opened, { open, close }] = useDisclosure();
  const items = exports.data?.pages.flatMap((p) => p.items) ?? [];
  const filtered = search.search !== undefined || search.state !== undefined;
  const generate = mayAdd && (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {r.generate}
    </Button>
  );
  return (
    <Page title={t.title} about={t.about} actions={generate}>
      <Card withBorder padding={0} component="section" aria-label={t.listed}>
        <Group p="md" gap="sm">
          <SearchBox
            label={t.search}
            value={search.search}
            onSearch={(text) => navigate({ search: (s) => ({ ...s, search: text }), replace: true })}
          />
          <Select
            aria-label={t.stateFilter}
            placeholder={t.allStates}
            clearable
            w={170}
            data={exportStates.map((value) => ({ value, label: r[value] }))}
            value={search.state ?? null}
            onChange={(v) =>
              navigate({ search: (s) => ({ ...s, state: exportStates.find((x) => x === v) }), replace: true })
            }
          />
        </Group>
        {exports.isPending && <Loading lines={8} />}
        <Stale query={exports} />
        {exports.isError && !exports.data && <Failed error={exports.error} retry={() => exports.refetch()} />}
        {exports.data &&
          items.length === 0 &&
          (filtered ? (
            <Empty title={t.noMatch} hint={t.noMatchHint} />
          ) : (
            <Empty title={t.none} hint={mayAdd ? t.noneHint : undefined}>
              {generate}
            </Empty>
          ))}
        {items.length > 0 && <ExportTable runs={items} />}
        {exports.hasNextPage && (
          <Group justify="center" p="md">
            <Button variant="default" loading={exports.isFetchingNextPage} onClick={() => exports.fetchNextPage()}>
              {t.more}
            </Button>
          </Group>
        )}
      </Card>
      <ExportDialog opened={opened} onClose={close} />
    </Page>
  );
}
