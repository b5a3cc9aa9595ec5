import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import { Empty } from '../../../parts/Empty';
import { Failed } from '../../../parts/Failed';
import { Loading } from '../../../parts/Loading';
import { type Asked, type CellPlace, eventsQuery, fileLink, type Row, tableQuery } from '../../../reports/answers';
import type { Definition } from '../../../reports/definitions';
import { cellFormat } from '../table/cellFormat';
import { useReportText } from '../useReportText';
import { EventTable } from './EventTable';
import { eventsWords } from './words';

/** A number, what it is, and the events that it counts or leaves out, page by page. */
export function CellEvents({ definition, cell, asked }: { definition: Definition; cell: CellPlace; asked: Asked }) {
  const t = useWords(eventsWords);
  const f = useFormats();
  const r = useReportText();
  // Rows are numbered as of the position that the table was made at.
  const table = useQuery(tableQuery(definition.name, cell.table, asked));
  const asOf: Asked = { ...asked, as_of: table.data?.position || undefined };
  const events = useInfiniteQuery({
    ...eventsQuery(definition.name, cell, asOf),
    enabled: !table.isPending && !table.isPlaceholderData,
  });

  if (events.isPending) return <Loading lines={10} />;
  if (events.isError) return <Failed error={events.error} retry={() => events.refetch()} />;
  const [first] = events.data.pages;
  if (!first) return null;
  const items = events.data.pages.flatMap((p) => p.items ?? []);
  const columns = table.data?.table.columns ?? [];
  const column = columns.find((c) => c.name === cell.column) ?? { name: cell.column, type: 'text' };
  const row = ((table.data?.table.rows ?? [])[cell.row - 1] ?? []) as Row;
  const name = row
    .flatMap((v, i) => (typeof v === 'string' && columns[i]?.type === 'text' ? r.cell(columns[i].name, v) : []))
    .join(' · ');
  const zone = table.data?.tenants?.find((x) => x.tenant === first.tenant)?.zone ?? 'UTC';
  const about = definition.tables?.find((x) => x.name === cell.table)?.about;
  return (
    <Stack gap="md">
      <Stack gap={2}>
        <Text size="sm" c="dimmed">
          {name || t.row(f.number(cell.row))}
        </Text>
        <Group align="baseline" gap="sm">
          <Text fz={40} fw={650} lh={1.15} style={{ letterSpacing: '-0.02em' }}>
            {cellFormat(first.cell as string | number | null, column, zone, f) || '–'}
          </Text>
          <Title order={3} fz="lg">
            {r.text(cell.column)}
          </Title>
        </Group>
        <Text size="sm">{t[first.sense]}</Text>
        {about && (
          <Text size="sm" c="dimmed">
            {r.text(about)}
          </Text>
        )}
      </Stack>
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {t.events_(f.number(first.counted), f.number(first.left_out))}
        </Text>
        {items.length > 0 && (
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
        )}
      </Group>
      {items.length === 0 ? <Empty title={t.none} hint={t.noneHint} /> : <EventTable events={items} zone={zone} />}
      {events.hasNextPage ? (
        <Button variant="default" loading={events.isFetchingNextPage} onClick={() => events.fetchNextPage()}>
          {t.more}
        </Button>
      ) : (
        items.length > 10 && (
          <Text size="xs" c="dimmed" ta="center">
            {t.all(f.number(items.length))}
          </Text>
        )
      )}
    </Stack>
  );
}
