import { Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import type { Row } from '../../reports/answers';
import type { Column } from '../../reports/definitions';
import classes from './Figures.module.css';
import { cellFormat, comparedText } from './table/cellFormat';
import { useReportText } from './useReportText';
import { dashboardWords } from './words';

/** A table of one row of numbers, large. */
export function Figures({
  columns,
  row,
  open,
  before,
}: {
  columns: Column[];
  row: Row;
  open: (row: number, column: string) => void;
  /** The row of the period before, where it is compared. */
  before?: Row;
}) {
  const t = useWords(dashboardWords);
  const r = useReportText();
  const f = useFormats();
  return (
    <Group px="md" pb="md" gap="xs">
      {columns.map((c, i) => {
        const text = cellFormat(row[i] ?? null, c, 'UTC', f);
        return (
          <UnstyledButton
            key={c.name}
            className={classes.figure}
            aria-label={t.openEvents(r.text(c.name), text, '')}
            onClick={() => open(1, c.name)}
          >
            <Stack gap={0}>
              <Text size="sm" c="dimmed">
                {r.text(c.name)}
              </Text>
              <Text fz={34} fw={650} lh={1.2} className={classes.number}>
                {text}
              </Text>
              {before && (
                <Text size="sm" c="dimmed">
                  {comparedText(Number(row[i] ?? 0), before[i], c, t, f)}
                </Text>
              )}
            </Stack>
          </UnstyledButton>
        );
      })}
    </Group>
  );
}
