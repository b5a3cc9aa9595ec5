import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { useWords } from '../../i18n/words';
import { Refused, useRefusal } from '../../parts/Refused';
import { useSignIn } from '../../session/session';
import { welcomeWords } from './words';

/** Uses a one-time link, and signs in with what was chosen. */
export function ChoosePassword({ token, link }: { token: string; link: Schemas['Link'] }) {
  const t = useWords(welcomeWords);
  const navigate = useNavigate();
  const first = link.kind === 'first-administrator';
  const [name, setName] = useState('');
  const [email, setEmail] = useState(link.email);
  const [password, setPassword] = useState('');
  const signIn = useSignIn();
  const use = useMutation({
    mutationFn: async () => {
      const member = await call(
        api.POST('/api/v1/links/use', { body: first ? { token, name, email, password } : { token, password } }),
      );
      await signIn.mutateAsync({ email: member.email, password });
    },
    onSuccess: () => navigate({ to: '/', replace: true }),
  });
  const wrong = useRefusal(use.error);
  const placed = wrong('password') ?? wrong('email') ?? (first && wrong('name'));
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        use.mutate();
      }}
    >
      <Stack>
        {first && (
          <TextInput
            label={t.name}
            autoComplete="name"
            required
            withAsterisk={false}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            error={wrong('name')}
          />
        )}
        <TextInput
          label={t.email}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          readOnly={!first}
          value={email}
          onChange={(e) => setEmail(e.currentTarget.value)}
          error={wrong('email')}
        />
        <PasswordInput
          label={t.password}
          description={t.passwordHint}
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          error={wrong('password')}
        />
        {!placed && <Refused error={use.error} />}
        <Button type="submit" loading={use.isPending}>
          {t.go}
        </Button>
      </Stack>
    </form>
  );
}
