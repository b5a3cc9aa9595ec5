import { Anchor, Modal, Text } from '@mantine/core';
import { useEffect, useSyncExternalStore } from 'react';
import { useWords } from '../i18n/words';
import { isSignedIn, sessionEnded, signedInAgain } from './again';
import { ProviderButton } from './ProviderButton';
import { SignInForm } from './SignInForm';
import { useWho } from './session';
import { sessionWords } from './words';

/** The dialog over a page whose session has ended. It can't be closed: what waits behind it needs an answer. */
export default function SignInAgain() {
  const t = useWords(sessionWords);
  const who = useWho();
  const ended = useSyncExternalStore(sessionEnded.subscribe, sessionEnded.get);
  useEffect(() => {
    if (!ended) return;
    const look = async () => {
      if (await isSignedIn(who.id)) signedInAgain();
    };
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [ended, who.id]);
  return (
    <Modal opened={ended} onClose={() => {}} withCloseButton={false} closeOnEscape={false} title={t.ended} zIndex={400}>
      <Text size="sm" c="dimmed" mb="md">
        {t.endedHint}
      </Text>
      <SignInForm email={who.name} onSignedIn={signedInAgain} />
      <ProviderButton mt="md" />
      <Anchor href="/sign-in" size="sm" mt="md" display="block" ta="center">
        {t.someoneElse}
      </Anchor>
    </Modal>
  );
}
