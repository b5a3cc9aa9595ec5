import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { type Language, languages, useLanguage } from '../i18n/language';
import { useWords } from '../i18n/words';
import type { MenuProps } from './MenuButton';
import { MenuGroup } from './MenuGroup';
import { OpenedMenu } from './OpenedMenu';
import { preferenceWords } from './preferenceWords';

/** The menu of {@link Preferences}. */
export default function PreferencesMenu({ button }: MenuProps) {
  const t = useWords(preferenceWords);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { language, choose } = useLanguage();
  const chosen = <IconCheck size={16} aria-hidden />;
  const schemes = [
    { value: 'auto', label: t.auto, icon: IconDeviceDesktop },
    { value: 'light', label: t.light, icon: IconSun },
    { value: 'dark', label: t.dark, icon: IconMoon },
  ] as const;
  return (
    <OpenedMenu button={button} width={200}>
      <MenuGroup label={t.appearance}>
        {schemes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            rightSection={value === colorScheme && chosen}
            aria-current={value === colorScheme || undefined}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
      </MenuGroup>
      <Menu.Divider />
      <MenuGroup label={t.language}>
        {Object.entries(languages).map(([value, name]) => (
          <Menu.Item
            key={value}
            lang={value}
            rightSection={value === language && chosen}
            aria-current={value === language || undefined}
            onClick={() => choose(value as Language)}
          >
            {name}
          </Menu.Item>
        ))}
      </MenuGroup>
    </OpenedMenu>
  );
}
