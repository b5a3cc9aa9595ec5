import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, call } from '../../api/client';
import { idempotencyKey } from '../../api/idempotencyKey';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { Confirm } from '../../parts/Confirm';
import { toastDone } from '../../parts/toast';
import { type Schedule, schedulesChanged } from './schedules';
import { schedulesWords } from './words';

interface Props {
  schedule: Schedule;
  opened: boolean;
  /** A run that was skipped: when it was due, and its period. Without it the latest period is made again. */
  skipped?: { at: string; period: string };
  onClose: () => void;
}

/** Asks before a report is made and sent at once. */
export function RunNow({ schedule, opened, skipped, onClose }: Props) {
  const t = useWords(schedulesWords);
  const f = useFormats();
  // A request whose answer was lost sends nothing twice.
  const key = useRef(idempotencyKey());
  const run = useMutation({
    mutationFn: () =>
      call(
        api.POST('/api/v1/schedules/{id}/run', {
          params: { path: { id: schedule.id }, header: { 'Idempotency-Key': key.current } },
          body: skipped && { at: skipped.at },
        }),
      ),
    onSuccess: () => {
      toastDone(t.ran(schedule.name));
      close();
    },
    onSettled: schedulesChanged,
  });
  const close = () => {
    run.reset();
    key.current = idempotencyKey();
    onClose();
  };
  const n = schedule.recipients.length;
  const to = n === 0 ? t.nobody : n === 1 ? t.oneRecipient : t.recipients(f.number(n));
  return (
    <Confirm
      opened={opened}
      title={t.runTitle}
      yes={t.runIt}
      no={t.notNow}
      color="tally"
      busy={run.isPending}
      error={run.error}
      onYes={() => run.mutate()}
      onNo={close}
    >
      {skipped ? t.runSkippedText(schedule.name, skipped.period, to) : t.runText(schedule.name, to)}
    </Confirm>
  );
}
