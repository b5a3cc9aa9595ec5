import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical, IconHistory, IconPencil, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { useWords } from '../../i18n/words';
import { Confirm } from '../../parts/Confirm';
import { toastDone } from '../../parts/toast';
import { useMay } from '../../session/may';
import { RunNow } from './RunNow';
import { type Schedule, schedulesChanged } from './schedules';
import { schedulesWords } from './words';

/** What can be done with a schedule by whoever looks. On its own page it leads there no more, and away when it is deleted. */
export function ScheduleMenu({ schedule, here = false }: { schedule: Schedule; here?: boolean }) {
  const navigate = useNavigate();
  const t = useWords(schedulesWords);
  const mayEdit = useMay('EDIT', 'SCHEDULED_TASKS');
  const mayRemove = useMay('REMOVE', 'SCHEDULED_TASKS');
  const [asking, setAsking] = useState<'run' | 'remove'>();
  const { id, name } = schedule;
  const remove = useMutation({
    mutationFn: () => call(api.DELETE('/api/v1/schedules/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      toastDone(t.removed(name));
      setAsking(undefined);
      if (here) await navigate({ to: '/schedules' });
    },
    onSettled: schedulesChanged,
  });
  if (here && !mayEdit && !mayRemove) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.menuOf(name)}>
            <IconDotsVertical size={18} stroke={1.6} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayEdit && !here && (
            <Menu.Item component={Link} to={`/schedules/${id}/edit`} leftSection={<IconPencil size={16} />}>
              {t.edit}
            </Menu.Item>
          )}
          {mayEdit && (
            <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => setAsking('run')}>
              {t.runNow}
            </Menu.Item>
          )}
          {!here && (
            <Menu.Item component={Link} to={`/schedules/${id}`} leftSection={<IconHistory size={16} />}>
              {t.history}
            </Menu.Item>
          )}
          {mayRemove && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => {
                remove.reset();
                setAsking('remove');
              }}
            >
              {t.remove}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <RunNow schedule={schedule} opened={asking === 'run'} onClose={() => setAsking(undefined)} />
      <Confirm
        opened={asking === 'remove'}
        title={t.removeTitle}
        yes={t.removeIt}
        no={t.keep}
        busy={remove.isPending}
        error={remove.error}
        onYes={() => remove.mutate()}
        onNo={() => setAsking(undefined)}
      >
        {t.removeText(name)}
      </Confirm>
    </>
  );
}
