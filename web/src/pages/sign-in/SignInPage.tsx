import { Anchor, Center } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useWords } from '../../i18n/words';
import { Outside } from '../../parts/Outside';
import { ProviderButton } from '../../session/ProviderButton';
import { SignInForm } from '../../session/SignInForm';
import { Forgotten } from './Forgotten';
import { RefusedSignIn } from './RefusedSignIn';
import { signInWords } from './words';

/** Signs in, and leads back to where somebody wanted to be. */
export function SignInPage() {
  const t = useWords(signInWords);
  const navigate = useNavigate();
  const { next, refused } = useSearch({ from: '/sign-in' });
  const [forgotten, setForgotten] = useState(false);
  if (forgotten) return <Forgotten onBack={() => setForgotten(false)} />;
  return (
    <Outside title={t.title}>
      {refused && <RefusedSignIn why={refused} />}
      <SignInForm onSignedIn={() => navigate({ href: next ?? '/', replace: true })} />
      <ProviderButton returnTo={next ?? '/'} />
      <Center>
        <Anchor component="button" type="button" size="sm" onClick={() => setForgotten(true)}>
          {t.forgotten}
        </Anchor>
      </Center>
    </Outside>
  );
}
