import { Table, Text } from '@mantine/core';
import { useFormats } from '../../../i18n/format';
import { useWords } from '../../../i18n/words';
import { ingestWords } from '../words';
import { type Measure, measures, type SourceSums } from './counts';

/** The numbers of each source. On a phone it scrolls by itself. */
export function SourceTable({ sources }: { sources: SourceSums[] }) {
  const t = useWords(ingestWords);
  const f = useFormats();
  const labels: Record<Measure, string> = {
    Accepted: t.accepted,
    Duplicates: t.duplicates,
    'Conflicting Duplicates': t.conflicting,
    Rejected: t.rejectedCount,
    'With Unknown Fields': t.unknownFields,
    'Late Over a Day': t.lateDay,
  };
  return (
    <Table.ScrollContainer
      minWidth={860}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t.sources } }}
    >
      <Table verticalSpacing="xs" horizontalSpacing="lg" aria-label={t.sources}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.source}</Table.Th>
            {measures.map((m) => (
              <Table.Th key={m} ta="right" pl="xs">
                {labels[m]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sources.map((s) => (
            <Table.Tr key={`${s.tenant} ${s.source}`}>
              <Table.Td>
                <Text size="sm" className="mono">
                  {s.source || t.noSource}
                </Text>
                <Text size="xs" c="dimmed">
                  {s.company || s.tenant || t.noTenant}
                </Text>
              </Table.Td>
              {measures.map((m) => (
                <Table.Td key={m} ta="right" pl="xs" c={s[m] === 0 ? 'dimmed' : undefined}>
                  {f.number(s[m])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
