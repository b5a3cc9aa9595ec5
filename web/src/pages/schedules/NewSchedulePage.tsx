import { Card } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words';
import { Denied } from '../../parts/Denied';
import { Page } from '../../parts/Page';
import { useMay } from '../../session/may';
import { useWho } from '../../session/session';
import { firstZone } from './firstZone';
import { draftOfAddress } from './form';
import { formWords } from './formWords';
import { ScheduleForm } from './ScheduleForm';

/** Makes a schedule, of what the address says of it so far. */
export function NewSchedulePage() {
  const t = useWords(formWords);
  const who = useWho();
  const search = useSearch({ from: '/shell/schedules/new' });
  const navigate = useNavigate({ from: '/schedules/new' });
  const mayAdd = useMay('ADD', 'SCHEDULED_TASKS');
  const [initial] = useState(() => draftOfAddress(search, who, search.zone || firstZone(who)));
  return (
    <Page title={t.newTitle}>
      {mayAdd ? (
        <ScheduleForm
          initial={initial}
          step={search.step ? 2 : 1}
          onStep={(step) => navigate({ search: (s) => ({ ...s, step: step === 2 ? '2' : undefined }) })}
        />
      ) : (
        <Card withBorder>
          <Denied />
        </Card>
      )}
    </Page>
  );
}
