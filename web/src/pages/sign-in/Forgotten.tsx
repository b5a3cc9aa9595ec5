import { Alert, Anchor, Button, Center, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { useWords } from '../../i18n/words';
import { Outside } from '../../parts/Outside';
import { Refused } from '../../parts/Refused';
import { sessionWords } from '../../session/words';
import { signInWords } from './words';

/** Asks for a link to choose a password anew. The answer is the same, whoever's the e-mail is. */
export function Forgotten({ onBack }: { onBack: () => void }) {
  const t = useWords(signInWords);
  const s = useWords(sessionWords);
  const [email, setEmail] = useState('');
  const send = useMutation({ mutationFn: () => call(api.POST('/api/v1/forgotten-passwords', { body: { email } })) });
  return (
    <Outside title={t.forgottenTitle} about={t.forgottenAbout}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          send.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={s.email}
            type="email"
            autoComplete="username"
            required
            withAsterisk={false}
            value={email}
            onChange={(e) => setEmail(e.currentTarget.value)}
          />
          <Refused error={send.error} />
          {send.isSuccess && <Alert role="status">{t.sent}</Alert>}
          <Button type="submit" loading={send.isPending}>
            {t.send}
          </Button>
        </Stack>
      </form>
      <Center>
        <Anchor component="button" type="button" size="sm" onClick={onBack}>
          {t.back}
        </Anchor>
      </Center>
    </Outside>
  );
}
