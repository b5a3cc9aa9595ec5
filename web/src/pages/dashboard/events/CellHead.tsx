import { Group, Stack, Text, Title } from '@mantine/core';
import type { Schemas } from '../../../api/client';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import type { Answer, CellPlace, Row } from '../../../reports/answers';
import type { Definition } from '../../../reports/definitions';
import { periodText } from '../../../reports/period';
import { cellFormat } from '../table/cellFormat';
import { useReportText } from '../useReportText';
import { rowName } from './rowName';
import { eventsWords } from './words';

interface Props {
  definition: Definition;
  cell: CellPlace;
  /** The table that it stands in, as far as that is known. */
  answer: Answer | undefined;
  explained: Schemas['CellEvents'];
}

/** Which number it is: its row, its column, and how the events make it. */
export function CellHead({ definition, cell, answer, explained }: Props) {
  const t = useWords(eventsWords);
  const f = useFormats();
  const r = useReportText();
  const columns = answer?.table.columns ?? [];
  const column = columns.find((c) => c.name === cell.column) ?? { name: cell.column, type: 'text' };
  const row = ((answer?.table.rows ?? [])[cell.row - 1] ?? []) as Row;
  const tenant = answer?.tenants?.find((x) => x.tenant === explained.tenant);
  const company = tenant?.company || explained.tenant;
  const name = rowName(columns, row, { company, period: tenant ? periodText(tenant, f) : '', say: r.cell }, f);
  const about = definition.tables?.find((x) => x.name === cell.table)?.about;
  return (
    <Stack gap={2}>
      <Text size="sm" fw={500}>
        {name}
      </Text>
      <Group align="baseline" gap="sm">
        <Text fz={40} fw={650} lh={1.15} style={{ letterSpacing: '-0.02em' }}>
          {cellFormat(explained.cell as string | number | null, column, tenant?.zone ?? 'UTC', f) || '–'}
        </Text>
        <Title order={3} fz="lg">
          {r.text(cell.column)}
        </Title>
      </Group>
      <Text size="sm">{t[explained.sense]}</Text>
      {about && (
        <Text size="sm" c="dimmed">
          {r.text(about)}
        </Text>
      )}
    </Stack>
  );
}
