import { Button, Card, Group, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useWords } from '../../../i18n/words';
import { Empty } from '../../../parts/Empty';
import { Failed } from '../../../parts/Failed';
import { Loading } from '../../../parts/Loading';
import { Stale } from '../../../parts/Stale';
import { partWords } from '../../../parts/words';
import { useMay } from '../../../session/may';
import { ingestWords } from '../words';
import { KeyDialog } from './KeyDialog';
import { KeyTable } from './KeyTable';
import { keysQuery } from './keysQuery';

/** The keys that programs use, and the way to another. */
export function Keys() {
  const t = useWords(ingestWords);
  const p = useWords(partWords);
  const mayAdd = useMay('ADD', 'INGEST');
  const keys = useInfiniteQuery(keysQuery);
  const [opened, setOpened] = useState(false);
  const items = keys.data?.pages.flatMap((page) => page.items) ?? [];
  const add = mayAdd && (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setOpened(true)}>
      {t.addKey}
    </Button>
  );
  return (
    <>
      <Card withBorder padding={0} component="section" aria-label={t.keys}>
        <Group justify="space-between" p="md" gap="sm">
          <Text size="sm" c="dimmed" flex="1 1 260px" maw={640}>
            {t.keysAbout}
          </Text>
          {items.length > 0 && add}
        </Group>
        <Stale query={keys} />
        {keys.isPending && <Loading lines={6} />}
        {keys.isError && !keys.data && <Failed error={keys.error} retry={() => keys.refetch()} />}
        {keys.data && items.length === 0 && (
          <Empty title={t.noKeys} hint={t.noKeysHint}>
            {add}
          </Empty>
        )}
        {items.length > 0 && <KeyTable keys={items} />}
        {keys.hasNextPage && (
          <Group justify="center" p="md">
            <Button variant="default" loading={keys.isFetchingNextPage} onClick={() => keys.fetchNextPage()}>
              {p.more}
            </Button>
          </Group>
        )}
      </Card>
      <KeyDialog opened={opened} onClose={() => setOpened(false)} />
    </>
  );
}
