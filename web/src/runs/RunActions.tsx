import { ActionIcon, Group, Menu, Tooltip } from '@mantine/core';
import {
  IconDotsVertical,
  IconDownload,
  IconPlayerStop,
  IconReceipt,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, call, type Schemas } from '../api/client';
import { useWords } from '../i18n/words';
import { Confirm } from '../parts/Confirm';
import { toastDone, toastFailed } from '../parts/toast';
import { partWords } from '../parts/words';
import { moves } from './RunState';
import { runWords } from './words';

type Run = Schemas['Run'];

interface Props {
  run: Run;
  mayRetry: boolean;
  mayRemove: boolean;
  /** How it is called where several runs have one name. */
  called?: string;
  /** Something has changed: what shows the run asks again. */
  onChanged: () => void;
  /** More that this page offers. */
  children?: ReactNode;
}

/** What can be done with a run now, and no more. */
export function RunActions({ run, mayRetry, mayRemove, called = run.name, onChanged, children }: Props) {
  const t = useWords(runWords);
  const p = useWords(partWords);
  const [asking, setAsking] = useState<'cancel' | 'remove'>();
  const params = { params: { path: { id: run.id } } };
  const retry = useMutation({
    mutationFn: () => call(api.POST('/api/v1/exports/{id}/retry', params)),
    onSuccess: () => toastDone(t.retried),
    onError: (error) => toastFailed(p.wentWrong, error),
    onSettled: onChanged,
  });
  const end = useMutation({
    mutationFn: (how: 'cancel' | 'remove') =>
      how === 'cancel'
        ? call(api.POST('/api/v1/runs/{id}/cancel', params)).then(() => {})
        : call(api.DELETE('/api/v1/runs/{id}', params)).then(() => {}),
    onSuccess: (_, how) => {
      toastDone(how === 'cancel' ? t.cancelledNow : t.removed);
      setAsking(undefined);
    },
    onSettled: onChanged,
  });
  const file = run.file && !run.file.removed;
  const again = mayRetry && run.kind === 'export' && (run.state === 'failed' || run.state === 'cancelled');
  const stop = mayRemove && moves(run) && !run.cancelling;
  const remove = mayRemove && !moves(run);
  const ask = (how: 'cancel' | 'remove') => {
    end.reset();
    setAsking(how);
  };
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      {file && (
        <Tooltip label={t.download}>
          <ActionIcon
            component="a"
            href={`/api/v1/runs/${run.id}/file`}
            download
            variant="light"
            size="lg"
            aria-label={t.downloadOf(called)}
          >
            <IconDownload size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      )}
      {(run.file || again || stop || remove || children) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.menuOf(called)}>
              <IconDotsVertical size={18} stroke={1.6} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {run.file && (
              <Menu.Item
                component="a"
                href={`/api/v1/runs/${run.id}/receipt`}
                download={`${run.file.name}.receipt.json`}
                leftSection={<IconReceipt size={16} />}
              >
                {t.receipt}
              </Menu.Item>
            )}
            {again && (
              <Menu.Item leftSection={<IconRefresh size={16} />} onClick={() => retry.mutate()}>
                {t.retry}
              </Menu.Item>
            )}
            {children}
            {stop && (
              <Menu.Item leftSection={<IconPlayerStop size={16} />} onClick={() => ask('cancel')}>
                {t.cancelRun}
              </Menu.Item>
            )}
            {remove && (
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => ask('remove')}>
                {t.remove}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      <Confirm
        opened={asking === 'cancel'}
        title={t.cancelTitle}
        yes={t.cancelIt}
        no={t.keepOn}
        busy={end.isPending}
        error={end.error}
        onYes={() => end.mutate('cancel')}
        onNo={() => setAsking(undefined)}
      >
        {t.cancelText(called)}
      </Confirm>
      <Confirm
        opened={asking === 'remove'}
        title={t.removeTitle}
        yes={t.removeIt}
        no={t.keep}
        busy={end.isPending}
        error={end.error}
        onYes={() => end.mutate('remove')}
        onNo={() => setAsking(undefined)}
      >
        {t.removeText(called)}
      </Confirm>
    </Group>
  );
}
