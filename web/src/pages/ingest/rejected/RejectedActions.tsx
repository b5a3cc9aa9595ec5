import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call, type Schemas } from '../../../api/client';
import { queries } from '../../../api/queries';
import { useFormats } from '../../../i18n/format';
import { useServerText } from '../../../i18n/server/useServerText';
import { useWords } from '../../../i18n/words';
import { Confirm } from '../../../parts/Confirm';
import { sentence } from '../../../parts/Failed';
import { toastDone, toastFailed } from '../../../parts/toast';
import { partWords } from '../../../parts/words';
import { useMay } from '../../../session/may';
import { ingestWords } from '../words';
import type { Entry } from './rejected';

interface Props {
  tenant: string;
  /** What it is done to. */
  entries: Entry[];
  /** Nothing was chosen, and so they are all that are shown. */
  all?: boolean;
  onDone: () => void;
}

/** How many events are replayed by one request. */
const atOnce = 1000;

/** Replays rejected events and says what came of it, or lets them go for good. */
export function RejectedActions({ tenant, entries, all, onDone }: Props) {
  const t = useWords(ingestWords);
  const p = useWords(partWords);
  const f = useFormats();
  const mayReplay = useMay('EDIT', 'INGEST');
  const mayRemove = useMay('REMOVE', 'INGEST');
  const [asking, setAsking] = useState(false);
  const [told, setTold] = useState(false);
  // The events themselves never change, and each look at one is in the audit log.
  const changed = () =>
    queries.invalidateQueries({ queryKey: ['quarantine'], predicate: (q) => q.queryKey[1] !== 'event' });
  const leave = () => {
    setTold(false);
    onDone();
  };
  const whole = entries.filter((e) => e.whole).map((e) => e.id);
  const replay = useMutation({
    mutationFn: async () => {
      const sum: Schemas['Replayed'] = { accepted: 0, duplicate: 0, conflicting: 0, rejected: 0, items: [] };
      for (let i = 0; i < whole.length; i += atOnce) {
        const ids = whole.slice(i, i + atOnce);
        const r = await call(api.POST('/api/v1/quarantine/replay', { body: { tenant: tenant || undefined, ids } }));
        sum.accepted += r.accepted;
        sum.duplicate += r.duplicate;
        sum.conflicting += r.conflicting;
        sum.rejected += r.rejected;
        sum.items = [...(sum.items ?? []), ...(r.items ?? [])];
      }
      return sum;
    },
    onSuccess: () => setTold(true),
    onError: (error) => toastFailed(p.wentWrong, error),
    onSettled: changed,
  });
  const remove = useMutation({
    mutationFn: async () => {
      for (const { id } of entries) {
        const params = { path: { id }, query: { tenant: tenant || undefined } };
        await call(api.DELETE('/api/v1/quarantine/{id}', { params }));
      }
    },
    onSuccess: () => {
      toastDone(t.removedNow(entries.length));
      setAsking(false);
      onDone();
    },
    onSettled: changed,
  });
  const n = f.number(entries.length);
  if (entries.length === 0 && !told) return null;
  return (
    <Group gap="sm">
      {mayReplay && (
        <Button
          variant="light"
          leftSection={<IconRefresh size={16} />}
          loading={replay.isPending}
          disabled={whole.length === 0}
          title={whole.length === 0 ? t.cannotReplay : undefined}
          onClick={() => replay.mutate()}
        >
          {all ? t.replayAll(n) : t.replay(n)}
        </Button>
      )}
      {mayRemove && !all && (
        <Button
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={16} />}
          onClick={() => {
            remove.reset();
            setAsking(true);
          }}
        >
          {t.remove(n)}
        </Button>
      )}
      <Confirm
        opened={asking}
        title={t.removeTitle}
        yes={t.removeIt}
        no={p.cancel}
        busy={remove.isPending}
        error={remove.error}
        onYes={() => remove.mutate()}
        onNo={() => setAsking(false)}
      >
        {t.removeText(n)}
      </Confirm>
      <Modal opened={told} onClose={leave} title={t.replayedTitle} closeButtonProps={{ 'aria-label': p.close }}>
        {replay.data && <Outcome outcome={replay.data} onClose={leave} />}
      </Modal>
    </Group>
  );
}

/** What came of replayed events, with why some of them stay. */
function Outcome({ outcome, onClose }: { outcome: Schemas['Replayed']; onClose: () => void }) {
  const t = useWords(ingestWords);
  const { said } = useServerText();
  const p = useWords(partWords);
  const f = useFormats();
  const lines = [
    outcome.accepted > 0 && t.nowAccepted(f.number(outcome.accepted)),
    outcome.duplicate > 0 && t.nowDuplicate(f.number(outcome.duplicate)),
    outcome.conflicting > 0 && t.nowConflicting(f.number(outcome.conflicting)),
    outcome.rejected > 0 && t.stillRejected(f.number(outcome.rejected)),
  ].filter((x) => x !== false);
  const stays = outcome.items ?? [];
  return (
    <Stack>
      <List size="sm">
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
      {stays.length > 0 && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />} title={t.whyStays}>
          <Stack gap={4}>
            {stays.slice(0, 20).map((x) => (
              <Text key={x.id} size="sm">
                {sentence(said(x.reason))}{' '}
                <Text span className="mono" c="dimmed">
                  {x.source}
                </Text>
              </Text>
            ))}
          </Stack>
        </Alert>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {p.close}
        </Button>
      </Group>
    </Stack>
  );
}
