import { ActionIcon } from '@mantine/core';
import { IconSettings } from '@tabler/icons-react';
import { useWords } from '../i18n/words';
import { later } from './later';
import { MenuButton } from './MenuButton';
import { preferenceWords } from './preferenceWords';

const PreferencesMenu = later(() => import('./PreferencesMenu'));

/** Light or dark, and the language: what each reader chooses for this browser. */
export function Preferences() {
  const t = useWords(preferenceWords);
  return (
    <MenuButton fetch={PreferencesMenu.fetch} menu={(button) => <PreferencesMenu button={button} />}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.preferences}>
        <IconSettings size={20} stroke={1.6} />
      </ActionIcon>
    </MenuButton>
  );
}
