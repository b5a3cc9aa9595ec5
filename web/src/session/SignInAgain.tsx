import { Anchor, Modal, Text } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useWords } from '../i18n/words';
import { sessionEnded, signedInAgain } from './again';
import { SignInForm } from './SignInForm';
import { useWho } from './session';
import { sessionWords } from './words';

/** The dialog over a page whose session has ended. It can't be closed: what waits behind it needs an answer. */
export default function SignInAgain() {
  const t = useWords(sessionWords);
  const who = useWho();
  const ended = useSyncExternalStore(sessionEnded.subscribe, sessionEnded.get);
  return (
    <Modal opened={ended} onClose={() => {}} withCloseButton={false} closeOnEscape={false} title={t.ended} zIndex={400}>
      <Text size="sm" c="dimmed" mb="md">
        {t.endedHint}
      </Text>
      <SignInForm email={who.name} onSignedIn={signedInAgain} />
      <Anchor href="/sign-in" size="sm" mt="md" display="block" ta="center">
        {t.someoneElse}
      </Anchor>
    </Modal>
  );
}
