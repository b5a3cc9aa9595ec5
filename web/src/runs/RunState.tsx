import { Badge, Progress, Stack, Text } from '@mantine/core';
import type { Schemas } from '../api/client';
import { useFormats } from '../i18n/format';
import { useServerText } from '../i18n/server/useServerText';
import { useWords } from '../i18n/words';
import { sentence } from '../parts/Failed';
import { runWords } from './words';

type Run = Schemas['Run'];

const colors: Record<Run['state'], string> = {
  queued: 'gray',
  running: 'blue',
  done: 'tally',
  failed: 'red',
  cancelled: 'gray',
  skipped: 'yellow',
};

/** Whether a run will change by itself. */
export const moves = (run: Pick<Run, 'state'>): boolean => run.state === 'queued' || run.state === 'running';

export function StateBadge({ state, label }: { state: Run['state']; label?: string }) {
  const t = useWords(runWords);
  return (
    <Badge variant="light" color={colors[state]} tt="none" fw={600} autoContrast style={{ flexShrink: 0 }}>
      {label ?? t[state]}
    </Badge>
  );
}

/** How a run is: its state, how far it is, and why it failed. */
export function RunState({ run }: { run: Run }) {
  const t = useWords(runWords);
  const { said } = useServerText();
  const f = useFormats();
  const label = run.cancelling ? t.cancelling : run.state === 'queued' && run.error ? t.retrying : undefined;
  return (
    <Stack gap={4} align="flex-start" miw={150} maw={420}>
      <StateBadge state={run.state} label={label} />
      {run.state === 'running' && (
        <>
          <Progress.Root size="sm" w={150}>
            <Progress.Section value={run.percent} aria-label={t.progressOf(run.name)} />
          </Progress.Root>
          <Text size="xs" c="dimmed">
            {t.progress(f.number(run.percent), f.number(run.rows))}
          </Text>
        </>
      )}
      {run.state === 'done' && (
        <Text size="xs" c="dimmed">
          {run.rows === 1 ? t.oneRow : t.rows(f.number(run.rows))}
        </Text>
      )}
      {run.error && run.state !== 'done' && (
        <Text size="xs" c={run.state === 'failed' ? 'var(--mantine-color-error)' : 'dimmed'}>
          {sentence(said(run.error))}
        </Text>
      )}
    </Stack>
  );
}
