import { Anchor, Center } from '@mantine/core';
import { IconLinkOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useRef } from 'react';
import { api, call } from '../../api/client';
import { ApiError } from '../../api/error';
import { useWords } from '../../i18n/words';
import { Failed } from '../../parts/Failed';
import { Loading } from '../../parts/Loading';
import { Outside } from '../../parts/Outside';
import { State } from '../../parts/State';
import { ChoosePassword } from './ChoosePassword';
import { welcomeWords } from './words';

const welcomePath = '/welcome';

/** What a one-time link opens: the first administrator, an invitation, or a password chosen anew. Its token stands behind the #, where no server sees it. */
export function WelcomePage() {
  const t = useWords(welcomeWords);
  const here = useLocation({ select: (l) => (l.pathname === welcomePath ? l.hash : undefined) });
  const last = useRef(''); // stays while the page comes to which a used link leads
  if (here !== undefined) last.current = here;
  const token = last.current;
  const link = useQuery({
    queryKey: ['link', token],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => call(api.POST('/api/v1/links/look', { body: { token } })),
  });
  if (link.isPending) {
    return (
      <Outside title={t.first}>
        <Loading lines={4} />
      </Outside>
    );
  }
  if (link.isError) {
    const gone = link.error instanceof ApiError && link.error.status < 500 && link.error.status > 0;
    return (
      <Outside title={t.first}>
        {gone ? (
          <State icon={IconLinkOff} title={t.gone} hint={t.goneHint} />
        ) : (
          <Failed error={link.error} retry={() => link.refetch()} />
        )}
        <Center>
          <Anchor component={Link} to="/sign-in" size="sm">
            {t.toSignIn}
          </Anchor>
        </Center>
      </Outside>
    );
  }
  const { kind, name, email } = link.data;
  const [title, about] = {
    'first-administrator': [t.first, t.firstAbout],
    invitation: [t.invitation(name), t.invitationAbout(email)],
    'password-reset': [t.reset, t.resetAbout(email)],
  }[kind] as [string, string];
  return (
    <Outside title={title} about={about}>
      <ChoosePassword token={token} link={link.data} />
    </Outside>
  );
}
