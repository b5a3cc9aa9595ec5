import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { queries } from '../../api/queries';
import { useWords } from '../../i18n/words';
import { Refused, useRefusal } from '../../parts/Refused';
import { Section } from '../../parts/Section';
import { toastDone } from '../../parts/toast';
import { useUnsaved } from '../../parts/unsaved';
import { useWho } from '../../session/session';
import { sessionsQuery } from './sessions';
import { profileWords } from './words';

/** Another password, for whoever knows the one until now. */
export function Password() {
  const t = useWords(profileWords);
  const who = useWho();
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  useUnsaved([old, password]);
  const change = useMutation({
    mutationFn: () => call(api.PUT('/api/v1/session/password', { body: { old, password } })),
    onSuccess: () => {
      setOld('');
      setPassword('');
      toastDone(t.passwordChanged);
      queries.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  const wrong = useRefusal(change.error);
  const wrongOld = wrong('old');
  const wrongNew = wrong('password');
  return (
    <Section title={t.password} about={t.passwordAbout}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          change.mutate();
        }}
      >
        {/* Programs that keep passwords want to know whose it is. */}
        <input type="text" name="username" autoComplete="username" value={who.name} readOnly hidden />
        <Stack>
          <PasswordInput
            label={t.oldPassword}
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={old}
            onChange={(e) => setOld(e.currentTarget.value)}
            error={wrongOld}
          />
          <PasswordInput
            label={t.newPassword}
            description={t.passwordHint}
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={password}
            onChange={(e) => setPassword(e.currentTarget.value)}
            error={wrongNew}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
          />
          {!wrongOld && !wrongNew && <Refused error={change.error} />}
          <Group>
            <Button type="submit" loading={change.isPending}>
              {t.changePassword}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
