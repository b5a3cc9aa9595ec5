import { Anchor, Card } from '@mantine/core';
import { IconCalendarOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ApiError } from '../../api/error';
import { useWords } from '../../i18n/words';
import { Denied } from '../../parts/Denied';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Page } from '../../parts/Page';
import { State } from '../../parts/State';
import { useMay } from '../../session/may';
import { useWho } from '../../session/session';
import { draftOfSchedule } from './form';
import { formWords } from './formWords';
import { historyWords } from './historyWords';
import { ScheduleForm } from './ScheduleForm';
import { scheduleQuery } from './schedules';

/** Changes a schedule. The form keeps what is entered, whatever becomes of the schedule meanwhile. */
export function EditSchedulePage() {
  const t = useWords(formWords);
  const h = useWords(historyWords);
  const who = useWho();
  const { id } = useParams({ from: '/shell/schedules/$id/edit' });
  const search = useSearch({ from: '/shell/schedules/$id/edit' });
  const navigate = useNavigate({ from: '/schedules/$id/edit' });
  const mayEdit = useMay('EDIT', 'SCHEDULED_TASKS');
  const schedule = useQuery({ ...scheduleQuery(id), enabled: mayEdit });
  if (mayEdit && schedule.data && schedule.isFetchedAfterMount) {
    return (
      <Page title={t.editTitle(schedule.data.name)}>
        <ScheduleForm
          key={id}
          initial={draftOfSchedule(schedule.data, who)}
          schedule={schedule.data}
          step={search.step ? 2 : 1}
          onStep={(step) => navigate({ search: { step: step === 2 ? '2' : undefined } })}
        />
      </Page>
    );
  }
  const gone = schedule.error instanceof ApiError && schedule.error.status === 404;
  return (
    <Page title={t.editTitlePlain}>
      <Card withBorder>
        {!mayEdit && <Denied />}
        {mayEdit && !schedule.isError && <Loading lines={10} />}
        {gone && (
          <State icon={IconCalendarOff} title={h.goneTitle} hint={h.goneHint}>
            <Anchor component={Link} to="/schedules" size="sm">
              {h.toList}
            </Anchor>
          </State>
        )}
        {schedule.isError && !gone && <Failed error={schedule.error} retry={() => schedule.refetch()} />}
      </Card>
    </Page>
  );
}
