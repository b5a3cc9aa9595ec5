import { Box, Table, Text, VisuallyHidden } from '@mantine/core';
import type { Schemas } from '../../api/client';
import { queries } from '../../api/queries';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { ownZone } from '../../i18n/zones';
import { useTitles } from '../../reports/useTitles';
import { runPeriod, whoseText } from '../../runs/ofWhat';
import { RunActions } from '../../runs/RunActions';
import { RunState } from '../../runs/RunState';
import { runWords } from '../../runs/words';
import { useMay } from '../../session/may';
import { exportsWords } from './words';

/** Exports in rows. On a phone what the columns say stands below the name. */
export function ExportTable({ runs }: { runs: Schemas['Run'][] }) {
  const t = useWords(exportsWords);
  const r = useWords(runWords);
  const f = useFormats();
  const mayRetry = useMay('ADD', 'EXPORT_REPORTS');
  const mayRemove = useMay('REMOVE', 'EXPORT_REPORTS');
  const titleOf = useTitles();
  const changed = () => queries.invalidateQueries({ queryKey: ['exports'] });
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{r.name}</Table.Th>
          <Table.Th visibleFrom="md">{t.report}</Table.Th>
          <Table.Th visibleFrom="md">{t.period}</Table.Th>
          <Table.Th visibleFrom="xs">{t.state}</Table.Th>
          <Table.Th visibleFrom="lg">{t.made}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{t.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => {
          const made = run.created ? f.instant(run.created, ownZone) : '';
          return (
            <Table.Tr key={run.id} style={{ verticalAlign: 'top' }}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>
                <Text size="sm" fw={600}>
                  {run.name}
                </Text>
                {run.description && (
                  <Text size="xs" c="dimmed" lineClamp={2}>
                    {run.description}
                  </Text>
                )}
                <Text size="xs" c="dimmed" hiddenFrom="md">
                  {titleOf(run.job.report)} · {runPeriod(run, r, f)}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="lg">
                  {made}
                </Text>
                <Box hiddenFrom="xs" mt={6}>
                  <RunState run={run} />
                </Box>
                {run.file?.removed && (
                  <Text size="xs" c="dimmed">
                    {r.fileGone(f.instant(run.file.removed, ownZone))}
                  </Text>
                )}
              </Table.Td>
              <Table.Td visibleFrom="md">
                <Text size="sm">{titleOf(run.job.report)}</Text>
                <Text size="xs" c="dimmed">
                  {whoseText(run.job, r, f)}
                </Text>
              </Table.Td>
              <Table.Td visibleFrom="md">{runPeriod(run, r, f)}</Table.Td>
              <Table.Td visibleFrom="xs">
                <RunState run={run} />
              </Table.Td>
              <Table.Td visibleFrom="lg">
                <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
                  {made}
                </Text>
                <Text size="xs" c="dimmed">
                  {t.by(run.maker_name)}
                </Text>
              </Table.Td>
              <Table.Td w={90}>
                <RunActions run={run} mayRetry={mayRetry} mayRemove={mayRemove} onChanged={changed} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
