import { Button, Group, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import { Choice } from '../../../parts/Choice';
import { Empty } from '../../../parts/Empty';
import { Failed } from '../../../parts/Failed';
import { Loading } from '../../../parts/Loading';
import { type Asked, type CellPlace, eventsQuery, fileLink, type Only, tableQuery } from '../../../reports/answers';
import type { Definition } from '../../../reports/definitions';
import { CellHead } from './CellHead';
import { EventTable } from './EventTable';
import { eventsWords } from './words';

/** A number, what it is, and the events that it counts or leaves out, page by page. It opens on those that it counts. */
export function CellEvents({ definition, cell, asked }: { definition: Definition; cell: CellPlace; asked: Asked }) {
  const t = useWords(eventsWords);
  const f = useFormats();
  const [which, choose] = useState<Only | 'all'>('counted');
  // Rows are numbered as of the position that the table was made at.
  const table = useQuery(tableQuery(definition.name, cell.table, asked));
  const asOf: Asked = { ...asked, as_of: table.data?.position || undefined };
  const events = useInfiniteQuery({
    ...eventsQuery(definition.name, cell, asOf, which === 'all' ? undefined : which),
    enabled: !table.isPending && !table.isPlaceholderData,
    placeholderData: keepPreviousData,
  });

  if (events.isPending) return <Loading lines={10} />;
  if (events.isError) return <Failed error={events.error} retry={() => events.refetch()} />;
  const [first] = events.data.pages;
  if (!first) return null;
  const items = events.data.pages.flatMap((p) => p.items ?? []);
  const zone = table.data?.tenants?.find((x) => x.tenant === first.tenant)?.zone ?? 'UTC';
  if (first.counted + first.left_out === 0) {
    return (
      <Stack gap="md">
        <CellHead definition={definition} cell={cell} answer={table.data} explained={first} />
        <Empty title={t.none} hint={t.noneHint} />
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <CellHead definition={definition} cell={cell} answer={table.data} explained={first} />
      <Group justify="space-between">
        <Choice
          label={t.which}
          data={[
            { value: 'counted', label: t.countedOnes(f.number(first.counted)) },
            { value: 'left-out', label: t.leftOutOnes(f.number(first.left_out)) },
            { value: 'all', label: t.all },
          ]}
          value={which}
          onChange={choose}
        />
        <Button
          component="a"
          href={fileLink(definition.name, asOf, 'csv', cell)}
          download
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} stroke={1.6} />}
        >
          {t.csv}
        </Button>
      </Group>
      {events.isPlaceholderData ? (
        <Loading lines={10} />
      ) : items.length === 0 ? (
        <Empty
          title={which === 'counted' ? t.noneCounted : t.noneLeftOut}
          hint={which === 'counted' ? t.noneCountedHint : t.noneLeftOutHint}
        />
      ) : (
        <EventTable events={items} zone={zone} />
      )}
      {!events.isPlaceholderData && events.hasNextPage && (
        <Button variant="default" loading={events.isFetchingNextPage} onClick={() => events.fetchNextPage()}>
          {t.more}
        </Button>
      )}
      {!events.isPlaceholderData && !events.hasNextPage && items.length > 10 && (
        <Text size="xs" c="dimmed" ta="center">
          {t.allShown(f.number(items.length))}
        </Text>
      )}
    </Stack>
  );
}
