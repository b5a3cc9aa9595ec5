import { Alert, Card, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { Loading } from '../../parts/Loading';
import { Refused } from '../../parts/Refused';
import { periodText } from '../../reports/period';
import classes from './Form.module.css';
import { bodyOf, missingOf, type ScheduleDraft } from './form';
import { formWords } from './formWords';
import { previewQuery } from './preview';
import { recurrenceText } from './recurrence';
import { schedulesWords } from './words';

interface Props {
  draft: ScheduleDraft;
  /** The name of the report, for a schedule that has none yet. */
  title: string;
  /** Id of the schedule that is being changed. */
  schedule: string | undefined;
}

/** The next five runs of what is entered, with their periods, as the fields change. */
export function NextRuns({ draft, title, schedule }: Props) {
  const t = useWords(formWords);
  const k = useWords(schedulesWords);
  const f = useFormats();
  const missing = missingOf(draft);
  // Who gets it changes nothing here, and the name is looked at when it is saved.
  const [body] = useDebouncedValue(
    { ...bodyOf(draft, title), name: title || '-', description: undefined, recipients: [] },
    350,
  );
  const preview = useQuery({ ...previewQuery(body, schedule), enabled: !missing && body.report !== '' });
  const due = body.recurrence.zone ?? 'UTC';
  const data = missing ? undefined : preview.data;
  return (
    <Card withBorder component="section" aria-labelledby="next-runs" className={classes.next}>
      <Stack gap="sm">
        <Stack gap={2}>
          <Title order={2} id="next-runs">
            {t.nextRuns}
          </Title>
          {!missing && <Text size="sm">{recurrenceText(body.recurrence, k, f)}</Text>}
        </Stack>
        <div aria-live="polite" aria-busy={preview.isFetching}>
          {missing && (
            <Text size="sm" c="dimmed">
              {t[missing]}
            </Text>
          )}
          {!missing && preview.isError && <Refused error={preview.error} />}
          {!missing && preview.isPending && <Loading lines={5} />}
          {data && !preview.isError && (
            <Stack gap="sm">
              {data.runs.length === 0 && <Text size="sm">{t.noRuns}</Text>}
              <ol className={classes.runs}>
                {data.runs.map((run) => (
                  <li key={run.at}>
                    <Text size="sm" fw={600}>
                      {run.at && f.minute(run.at, due)}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {run.from && run.before && !run.empty
                        ? periodText({ from: run.from, before: run.before, zone: data.period_zone }, f)
                        : '–'}
                    </Text>
                  </li>
                ))}
              </ol>
              {data.runs.some((run) => run.empty) && (
                <Alert color="orange" variant="light">
                  {t.emptyPeriod}
                </Alert>
              )}
              <Text size="xs" c="dimmed">
                {due === data.period_zone ? t.nextRunsAbout(due) : t.nextRunsIn(due, data.period_zone)}
              </Text>
            </Stack>
          )}
        </div>
      </Stack>
    </Card>
  );
}
