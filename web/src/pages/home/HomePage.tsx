import { IconCompass } from '@tabler/icons-react';
import { useWords } from '../../i18n/words';
import { Page } from '../../parts/Page';
import { State } from '../../parts/State';
import { useWho } from '../../session/session';
import { homeWords } from './words';

/** For somebody without dashboards. */
export function HomePage() {
  const t = useWords(homeWords);
  const who = useWho();
  return (
    <Page title={t.hello(who.full_name || who.name)}>
      <State icon={IconCompass} title={t.nothing} hint={t.hint} />
    </Page>
  );
}
