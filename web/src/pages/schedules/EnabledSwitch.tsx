import { Button, Group, Modal, Stack, Switch, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, call } from '../../api/client';
import { ApiError } from '../../api/error';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { Refused } from '../../parts/Refused';
import { toastDone, toastFailed } from '../../parts/toast';
import { partWords } from '../../parts/words';
import { zoneOf } from './recurrence';
import { type Schedule, schedulesChanged } from './schedules';
import { schedulesWords } from './words';

/** The server asks what becomes of the time for which a schedule was paused. */
const asksOfPause = (error: unknown) => error instanceof ApiError && error.path === 'report_pause';

/** Lets a schedule run, or pauses it. After a pause it asks whether that time is to be reported. */
export function EnabledSwitch({ schedule, mayEdit, label }: { schedule: Schedule; mayEdit: boolean; label?: string }) {
  const t = useWords(schedulesWords);
  const p = useWords(partWords);
  const f = useFormats();
  const { id, name } = schedule;
  const params = { params: { path: { id } } };
  const disable = useMutation({
    mutationFn: () => call(api.POST('/api/v1/schedules/{id}/disable', params)),
    onSuccess: () => toastDone(t.disabled(name)),
    onError: (error) => toastFailed(p.wentWrong, error),
    onSettled: schedulesChanged,
  });
  const enable = useMutation({
    mutationFn: (pause?: 'report' | 'skip') =>
      call(
        api.POST('/api/v1/schedules/{id}/enable', {
          ...params,
          body: pause && { report_pause: pause === 'report' },
        }),
      ),
    onSuccess: () => toastDone(t.enabledNow(name)),
    onError: (error, pause) => {
      if (!pause && !asksOfPause(error)) toastFailed(p.wentWrong, error);
    },
    onSettled: schedulesChanged,
  });
  const answered = enable.variables;
  const asking = asksOfPause(enable.error) || (answered !== undefined && !enable.isSuccess);
  const covered = schedule.covered_until;
  return (
    <>
      <Switch
        aria-label={label ? undefined : t.enabledOf(name)}
        label={label}
        checked={schedule.enabled}
        disabled={!mayEdit}
        onChange={(e) => {
          if (disable.isPending || enable.isPending) return;
          if (e.currentTarget.checked) enable.mutate(undefined);
          else disable.mutate();
        }}
      />
      <Modal opened={asking} onClose={enable.reset} title={t.pauseTitle} withCloseButton={false}>
        <Stack>
          <Text size="sm">{t.pauseText(name, covered ? f.minute(covered, zoneOf(schedule)) : '')}</Text>
          {answered && <Refused error={enable.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" color="gray" onClick={enable.reset}>
              {t.stayPaused}
            </Button>
            <Button
              variant="default"
              loading={enable.isPending && answered === 'skip'}
              disabled={enable.isPending}
              onClick={() => enable.mutate('skip')}
            >
              {t.skipPause}
            </Button>
            <Button
              loading={enable.isPending && answered === 'report'}
              disabled={enable.isPending}
              onClick={() => enable.mutate('report')}
              data-autofocus
            >
              {t.reportPause}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
