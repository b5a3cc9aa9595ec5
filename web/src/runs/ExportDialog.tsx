import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconCalendarClock } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api, call } from '../api/client';
import { idempotencyKey } from '../api/idempotencyKey';
import { queries } from '../api/queries';
import { useWords } from '../i18n/words';
import { Refused, useRefusal } from '../parts/Refused';
import { toastDone } from '../parts/toast';
import { closeUnlessKept, useUnsaved } from '../parts/unsaved';
import { reportsQuery } from '../reports/definitions';
import { useTitles } from '../reports/useTitles';
import { useMay } from '../session/may';
import { useWho } from '../session/session';
import { JobFields } from './JobFields';
import { blankJob, exportPeriods, type JobDraft, jobOf, searchOfDraft } from './job';
import { runWords } from './words';

interface Props {
  opened: boolean;
  onClose: () => void;
  /** Whose usage, where the page knows it. */
  of?: Partial<Pick<JobDraft, 'whose' | 'tenants' | 'filter'>>;
  onMade?: () => void;
}

/** Asks for a report of the moment, or leads on to making it again and again. */
export function ExportDialog({ opened, onClose, of, onMade }: Props) {
  const t = useWords(runWords);
  return (
    <Modal
      opened={opened}
      onClose={() => closeUnlessKept(onClose)}
      title={t.generate}
      size="xl"
      closeButtonProps={{ 'aria-label': t.close }}
    >
      <Form onClose={onClose} of={of} onMade={onMade} />
    </Modal>
  );
}

function Form({ onClose, of, onMade }: Omit<Props, 'opened'>) {
  const t = useWords(runWords);
  const who = useWho();
  const navigate = useNavigate();
  const mayPlan = useMay('ADD', 'SCHEDULED_TASKS');
  const reports = useQuery(reportsQuery);
  const titleOf = useTitles();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [entered, setDraft] = useState<JobDraft>(() => ({ ...blankJob(who, 'last-month'), ...of }));
  const draft = entered.report ? entered : { ...entered, report: reports.data?.[0]?.name ?? '' };
  // A request whose answer was lost makes nothing twice.
  const key = useRef(idempotencyKey());
  const saved = useUnsaved([name, description, entered]);
  const title = reports.data ? titleOf(draft.report) : '';
  const make = useMutation({
    mutationFn: () =>
      call(
        api.POST('/api/v1/exports', {
          body: { ...jobOf(draft), name: name.trim() || title, description: description || undefined },
          params: { header: { 'Idempotency-Key': key.current } },
        }),
      ),
    onSuccess: (run) => {
      saved();
      toastDone(t.asked(run.name));
      queries.invalidateQueries({ queryKey: ['exports'] });
      onClose();
      onMade?.();
    },
  });
  const wrong = useRefusal(make.error);
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        make.mutate();
      }}
      onChange={() => {
        key.current = idempotencyKey();
      }}
    >
      <Stack gap="lg">
        <Text size="sm" c="dimmed">
          {t.generateAbout}
        </Text>
        <Stack gap="sm">
          <TextInput
            label={t.name}
            placeholder={title}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            error={wrong('name')}
            data-autofocus
          />
          <Textarea
            label={t.description}
            autosize
            minRows={1}
            maxRows={5}
            value={description}
            onChange={(e) => setDescription(e.currentTarget.value)}
            error={wrong('description')}
          />
        </Stack>
        <JobFields
          draft={draft}
          onChange={(change) => {
            key.current = idempotencyKey();
            setDraft({ ...draft, ...change });
          }}
          error={make.error}
          periods={exportPeriods}
        />
        <Refused error={make.error} />
        <Group justify={mayPlan ? 'space-between' : 'flex-end'}>
          {mayPlan && (
            <Button
              onClick={() => {
                saved(); // it goes along
                navigate({ to: '/schedules/new', search: searchOfDraft(name, description, draft) });
              }}
              variant="subtle"
              leftSection={<IconCalendarClock size={18} stroke={1.6} />}
              ml={-12}
            >
              {t.scheduleIt}
            </Button>
          )}
          <Group>
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t.make}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
