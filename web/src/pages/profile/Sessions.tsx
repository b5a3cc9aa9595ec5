import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../api/client';
import { queries } from '../../api/queries';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { ownZone } from '../../i18n/zones';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Section } from '../../parts/Section';
import { toastDone, toastFailed } from '../../parts/toast';
import { partWords } from '../../parts/words';
import { deviceOf } from './device';
import classes from './Sessions.module.css';
import { sessionsQuery } from './sessions';
import { profileWords } from './words';

/** Where somebody is signed in, and the way to end what they don't know. */
export function Sessions() {
  const t = useWords(profileWords);
  const p = useWords(partWords);
  const sessions = useQuery(sessionsQuery);
  const end = useMutation({
    mutationFn: async (ids: string[]) => {
      for (const id of ids) await call(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }));
    },
    onSuccess: (_, ids) => toastDone(ids.length === 1 ? t.sessionEnded : t.sessionsEnded),
    onError: (error) => toastFailed(p.wentWrong, error),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  const others = (sessions.data ?? []).filter((s) => !s.current).map((s) => s.id);
  return (
    <Section title={t.sessions} about={t.sessionsAbout}>
      {sessions.isPending && <Loading lines={3} />}
      {sessions.isError && <Failed error={sessions.error} retry={() => sessions.refetch()} />}
      {sessions.data && (
        <Stack gap="md" align="flex-start">
          <ul className={classes.list}>
            {sessions.data.map((s) => (
              <Place key={s.id} session={s} busy={end.isPending} onEnd={() => end.mutate([s.id])} />
            ))}
          </ul>
          {others.length > 1 && (
            <Button variant="default" loading={end.isPending} onClick={() => end.mutate(others)}>
              {t.endOthers}
            </Button>
          )}
        </Stack>
      )}
    </Section>
  );
}

function Place({ session, busy, onEnd }: { session: Schemas['Session']; busy: boolean; onEnd: () => void }) {
  const t = useWords(profileWords);
  const f = useFormats();
  const { browser, system } = deviceOf(session.agent);
  const device = browser && system ? t.device(browser, system) : browser || system || session.agent || t.noDevice;
  const Icon = /iPhone|iPad|Android/.test(session.agent) ? IconDeviceMobile : IconDeviceDesktop;
  const facts = [
    session.address,
    session.created && t.since(f.instant(session.created, ownZone)),
    session.used && !session.current && t.used(f.instant(session.used, ownZone)),
  ];
  return (
    <li className={classes.item}>
      <Icon size={22} stroke={1.5} aria-hidden />
      <div className={classes.what}>
        <Group gap="xs">
          <Text size="sm" fw={600} title={session.agent}>
            {device}
          </Text>
          {session.current && (
            <Badge variant="light" tt="none" fw={600}>
              {t.here}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {facts.filter(Boolean).join(' · ')}
        </Text>
      </div>
      {!session.current && (
        <Button variant="default" size="xs" disabled={busy} onClick={onEnd} aria-label={t.endThat(device)}>
          {t.end}
        </Button>
      )}
    </li>
  );
}
