import { Anchor, Box, Button, Menu, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconEye, IconPlayerPlay } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { Deliveries } from '../../runs/Deliveries';
import { runPeriod } from '../../runs/ofWhat';
import { RunActions } from '../../runs/RunActions';
import { RunState } from '../../runs/RunState';
import { runWords } from '../../runs/words';
import { useMay } from '../../session/may';
import { historyWords } from './historyWords';
import { RunNow } from './RunNow';
import classes from './RunTable.module.css';
import { zoneOf } from './recurrence';
import { type Schedule, schedulesChanged } from './schedules';

type Run = Schemas['Run'];

/** The runs of a schedule in rows, each with the deliveries to its recipients below it; of the newest they are open. */
export function RunTable({ runs, schedule }: { runs: Run[]; schedule: Schedule }) {
  const t = useWords(historyWords);
  return (
    <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={t.listed}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.run}</Table.Th>
          <Table.Th visibleFrom="md">{t.period}</Table.Th>
          <Table.Th visibleFrom="xs">{t.state}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{t.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run, i) => (
          <RunRows key={run.id} run={run} schedule={schedule} opened={i === 0} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function RunRows({ run, schedule, opened }: { run: Run; schedule: Schedule; opened: boolean }) {
  const t = useWords(historyWords);
  const r = useWords(runWords);
  const f = useFormats();
  const mayEdit = useMay('EDIT', 'SCHEDULED_TASKS');
  const mayRemove = useMay('REMOVE', 'SCHEDULED_TASKS');
  const [open, setOpen] = useState(opened);
  const [asking, setAsking] = useState(false);
  const due = run.at ? f.minute(run.at, zoneOf(schedule)) : run.name;
  const period = runPeriod(run, r, f);
  const skipped = run.state === 'skipped' && run.at ? { at: run.at, period } : undefined;
  const notes = [
    run.again && t.again,
    run.late && t.late,
    run.late_events > 0 && t.lateEvents(f.number(run.late_events)),
  ].filter((x) => typeof x === 'string');
  const state = (
    <>
      <RunState run={run} />
      {skipped && (
        <Text size="xs" c="dimmed">
          {t.skippedHint}
        </Text>
      )}
    </>
  );
  return (
    <>
      <Table.Tr style={{ verticalAlign: 'top' }}>
        <Table.Td>
          <Anchor component={Link} to={`/runs/${run.id}`} size="sm" fw={600}>
            {due}
          </Anchor>
          {notes.length > 0 && (
            <Text size="xs" c="dimmed">
              {notes.join(' · ')}
            </Text>
          )}
          <Text size="xs" c="dimmed" hiddenFrom="md">
            {period}
          </Text>
          <Box hiddenFrom="xs" mt={6}>
            {state}
          </Box>
          {!skipped && (
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              ml={-8}
              mt={4}
              leftSection={open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
              aria-expanded={open}
              aria-label={t.deliveriesOf(due)}
              onClick={() => setOpen(!open)}
            >
              {t.deliveries}
            </Button>
          )}
        </Table.Td>
        <Table.Td visibleFrom="md">{period}</Table.Td>
        <Table.Td visibleFrom="xs">{state}</Table.Td>
        <Table.Td w={90}>
          <RunActions
            run={run}
            called={`${run.name}, ${due}`}
            mayRetry={false}
            mayRemove={mayRemove}
            onChanged={schedulesChanged}
          >
            <Menu.Item component={Link} to={`/runs/${run.id}`} leftSection={<IconEye size={16} />}>
              {t.show}
            </Menu.Item>
            {skipped && mayEdit && (
              <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => setAsking(true)}>
                {t.runSkipped}
              </Menu.Item>
            )}
          </RunActions>
          {skipped && <RunNow schedule={schedule} opened={asking} skipped={skipped} onClose={() => setAsking(false)} />}
        </Table.Td>
      </Table.Tr>
      {open && !skipped && (
        <Table.Tr>
          <Table.Td colSpan={4} p={0}>
            <div className={classes.below}>
              <Deliveries run={run} zone={zoneOf(schedule)} />
            </div>
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}
