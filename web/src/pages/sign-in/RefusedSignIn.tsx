import { Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useWords } from '../../i18n/words';
import type { Refusal } from './refusal';
import { signInWords } from './words';

/** Why a sign-in through the provider was refused, and what to do. */
export function RefusedSignIn({ why }: { why: Refusal }) {
  const t = useWords(signInWords);
  const said: Record<Refusal, [title: string, hint: string]> = {
    off: [t.offTitle, t.offHint],
    again: [t.againTitle, t.againHint],
    cancelled: [t.cancelledTitle, t.cancelledHint],
    'no-member': [t.noMemberTitle, t.noMemberHint],
    'no-email': [t.noEmailTitle, t.noEmailHint],
    unverified: [t.unverifiedTitle, t.unverifiedHint],
    provider: [t.providerTitle, t.providerHint],
  };
  const [title, hint] = said[why];
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertCircle size={18} />} title={title}>
      {hint}
    </Alert>
  );
}
