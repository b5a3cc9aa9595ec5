import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { queries } from '../../api/queries';
import { useWords } from '../../i18n/words';
import { Refused, useRefusal } from '../../parts/Refused';
import { Section } from '../../parts/Section';
import { toastDone } from '../../parts/toast';
import { useUnsaved } from '../../parts/unsaved';
import { sessionQuery, useWho } from '../../session/session';
import { profileWords } from './words';

/** What somebody is called, and the e-mail by which they sign in, which is not theirs to change. */
export function Name() {
  const t = useWords(profileWords);
  const who = useWho();
  const [name, setName] = useState(who.full_name ?? '');
  const save = useMutation({
    mutationFn: () => call(api.PATCH('/api/v1/session', { body: { name } })),
    onSuccess: (now) => {
      queries.setQueryData(sessionQuery.queryKey, now);
      setName(now.full_name ?? '');
      toastDone(t.nameSaved);
    },
  });
  const wrongOf = useRefusal(save.error);
  const changed = name.trim() !== (who.full_name ?? '');
  useUnsaved(changed);
  const wrong = wrongOf('name');
  return (
    <Section title={t.you} about={t.youAbout}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={t.name}
            autoComplete="name"
            required
            withAsterisk={false}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            error={wrong}
          />
          <TextInput
            label={t.email}
            description={t.emailHint}
            type="email"
            readOnly
            variant="filled"
            value={who.name}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
          {!wrong && <Refused error={save.error} />}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!changed}>
              {t.saveName}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
