import { Button, Card, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Schemas } from '../../api/client';
import { ApiError } from '../../api/error';
import { queries } from '../../api/queries';
import { useWords } from '../../i18n/words';
import { Refused, useRefusal } from '../../parts/Refused';
import { ShownOnce } from '../../parts/ShownOnce';
import { toastDone } from '../../parts/toast';
import { useUnsaved } from '../../parts/unsaved';
import { reportsQuery } from '../../reports/definitions';
import { useTitles } from '../../reports/useTitles';
import { JobFields } from '../../runs/JobFields';
import { schedulePeriods } from '../../runs/job';
import { runWords } from '../../runs/words';
import { useMay } from '../../session/may';
import { useWho } from '../../session/session';
import classes from './Form.module.css';
import { bodyOf, draftOfSchedule, inFirstStep, type ScheduleDraft, withTyped } from './form';
import { formWords } from './formWords';
import { Meanwhile } from './Meanwhile';
import { NextRuns } from './NextRuns';
import { previewQuery } from './preview';
import { Recipients } from './Recipients';
import { SendingFields } from './SendingFields';
import type { Schedule } from './schedules';
import { useSaving } from './useSaving';
import { WhenFields } from './WhenFields';

interface Props {
  initial: ScheduleDraft;
  /** The schedule that is changed; missing where a new one is made. */
  schedule?: Schedule;
  /** What the address says. */
  step: 1 | 2;
  onStep: (step: 1 | 2) => void;
}

/** Asks for a schedule in two steps: what and when, then who gets it. The server looks at the first before the second is shown. */
export function ScheduleForm({ initial, schedule, step: wanted, onStep }: Props) {
  const t = useWords(formWords);
  const r = useWords(runWords);
  const who = useWho();
  const navigate = useNavigate();
  const mayAdd = useMay('ADD', 'SCHEDULED_TASKS');
  const reports = useQuery(reportsQuery);
  const titleOf = useTitles();
  const [base, setBase] = useState(schedule);
  const [entered, setDraft] = useState(initial);
  const [checked, setChecked] = useState(false);
  const [secrets, setSecrets] = useState<Schemas['WebhookSecret'][]>([]);
  const draft: ScheduleDraft = entered.job.report
    ? entered
    : { ...entered, job: { ...entered.job, report: reports.data?.[0]?.name ?? '' } };
  const title = reports.data ? titleOf(draft.job.report) : '';
  const body = bodyOf(draft, title);
  const step = checked ? wanted : 1;
  const change = (next: Partial<ScheduleDraft>) => setDraft({ ...draft, ...next });

  const check = useMutation({
    mutationFn: () => queries.fetchQuery({ ...previewQuery({ ...body, recipients: [] }, base?.id), staleTime: 0 }),
    onSuccess: () => {
      setChecked(true);
      onStep(2);
    },
  });
  const settled = useUnsaved(entered);
  const leave = () => navigate({ to: '/schedules' });
  const { save, since, forget } = useSaving({
    base,
    enabled: draft.enabled,
    onSaved: (saved) => {
      settled();
      toastDone(base ? t.saved(saved.schedule.name) : t.created(saved.schedule.name));
      if (saved.secrets?.length) setSecrets(saved.secrets);
      else leave();
    },
    onError: (error) => {
      if (error instanceof ApiError && inFirstStep(error.path)) onStep(1);
    },
  });
  const error = save.error ?? check.error;
  const wrong = useRefusal(error);
  const heading = useRef<HTMLHeadingElement>(null);
  const shownStep = useRef(step);
  useEffect(() => {
    if (shownStep.current !== step) heading.current?.focus();
    shownStep.current = step;
  }, [step]);

  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (step === 1) {
          save.reset();
          check.mutate();
        } else {
          const whole = withTyped(draft);
          setDraft(whole);
          save.mutate({ body: bodyOf(whole, title), version: base?.version });
        }
      }}
    >
      <Stack gap="lg">
        <ol className={classes.steps} aria-label={t.steps}>
          {[t.step1, t.step2].map((name, i) => (
            <li key={name} aria-current={step === i + 1 ? 'step' : undefined}>
              <span className={classes.number} aria-hidden>
                {i + 1}
              </span>
              {name}
            </li>
          ))}
        </ol>
        <div className={classes.columns}>
          <Card withBorder padding="lg">
            <Stack gap="lg">
              <Text component="h2" size="sm" c="dimmed" ref={heading} tabIndex={-1} m={0} style={{ outline: 'none' }}>
                {t.stepOf(step)}
              </Text>
              {step === 1 ? (
                <>
                  <Stack gap="sm">
                    <TextInput
                      label={r.name}
                      placeholder={title}
                      value={draft.name}
                      onChange={(e) => change({ name: e.currentTarget.value })}
                      error={wrong('name')}
                    />
                    <Textarea
                      label={r.description}
                      autosize
                      minRows={1}
                      maxRows={5}
                      value={draft.description}
                      onChange={(e) => change({ description: e.currentTarget.value })}
                      error={wrong('description')}
                    />
                  </Stack>
                  <JobFields
                    draft={draft.job}
                    onChange={(job) => change({ job: { ...draft.job, ...job } })}
                    error={error}
                    periods={schedulePeriods}
                    zoneHint={t.sameZone}
                  >
                    <WhenFields
                      draft={draft.recurrence}
                      onChange={(recurrence) => change({ recurrence: { ...draft.recurrence, ...recurrence } })}
                      error={error}
                    />
                  </JobFields>
                </>
              ) : (
                <>
                  <Recipients draft={draft} onChange={change} error={error} />
                  <SendingFields draft={draft} onChange={change} error={error} isNew={!base} />
                </>
              )}
              {since ? (
                <Meanwhile
                  what={since.what}
                  busy={save.isPending}
                  onSaveAsNew={mayAdd ? () => save.mutate({ body }) : undefined}
                  onSaveMine={() => {
                    if (since.what !== 'changed') return;
                    setBase(since.theirs);
                    save.mutate({ body, version: since.theirs.version });
                  }}
                  onTakeTheirs={() => {
                    if (since.what !== 'changed') return;
                    setBase(since.theirs);
                    setDraft(draftOfSchedule(since.theirs, who));
                    save.reset();
                    forget();
                  }}
                />
              ) : (
                <Refused error={error} />
              )}
              <Group justify="space-between">
                <Button component={Link} to="/schedules" onClick={settled} variant="subtle" color="gray">
                  {t.cancel}
                </Button>
                <Group gap="sm">
                  {step === 2 && (
                    <Button variant="default" onClick={() => onStep(1)}>
                      {t.back}
                    </Button>
                  )}
                  <Button type="submit" loading={check.isPending || save.isPending}>
                    {step === 1 ? t.next : base ? t.save : t.create}
                  </Button>
                </Group>
              </Group>
            </Stack>
          </Card>
          <NextRuns draft={draft} title={title} schedule={base?.id} />
        </div>
      </Stack>
      <Secrets secrets={secrets} onKept={leave} />
    </form>
  );
}

/** The secrets of new webhooks, which are shown this once. It closes by saying so only. */
function Secrets({ secrets, onKept }: { secrets: Schemas['WebhookSecret'][]; onKept: () => void }) {
  const t = useWords(formWords);
  return (
    <Modal
      opened={secrets.length > 0}
      onClose={() => {}}
      closeOnEscape={false}
      closeOnClickOutside={false}
      withCloseButton={false}
      title={t.secretsTitle}
      size="lg"
    >
      <Stack>
        <Text size="sm">{t.secretsText}</Text>
        {secrets.map((s) => (
          <ShownOnce key={s.recipient} label={t.secretOf(s.address)} value={s.secret} />
        ))}
        <Group justify="flex-end">
          <Button onClick={onKept}>{t.secretsDone}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
