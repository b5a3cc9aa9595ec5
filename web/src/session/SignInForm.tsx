import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useWords } from '../i18n/words';
import { Refused } from '../parts/Refused';
import { useSignIn, type Who } from './session';
import { sessionWords } from './words';

interface Props {
  /** Where it is known who signs in, nobody else can. */
  email?: string;
  onSignedIn: (who: Who) => void;
}

export function SignInForm({ email: known, onSignedIn }: Props) {
  const t = useWords(sessionWords);
  const signIn = useSignIn();
  const [email, setEmail] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const submit = (e: FormEvent) => {
    e.preventDefault();
    signIn.mutate({ email, password }, { onSuccess: onSignedIn });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t.email}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          readOnly={known !== undefined}
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          data-autofocus={known === undefined || undefined}
        />
        <PasswordInput
          label={t.password}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          data-autofocus={known !== undefined || undefined}
        />
        <Refused error={signIn.error} />
        <Button type="submit" loading={signIn.isPending} fullWidth>
          {t.signIn}
        </Button>
      </Stack>
    </form>
  );
}
