import { useWords } from '../../i18n/words';
import { Page } from '../../parts/Page';
import { Looks } from './Looks';
import { Name } from './Name';
import { Password } from './Password';
import { Sessions } from './Sessions';
import { profileWords } from './words';

/** What members say about themselves, how the app looks to them, and where they are signed in. */
export function ProfilePage() {
  const t = useWords(profileWords);
  return (
    <Page title={t.title} about={t.about}>
      <Name />
      <Password />
      <Looks />
      <Sessions />
    </Page>
  );
}
