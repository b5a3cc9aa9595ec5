import { words } from '../i18n/words';

export const preferenceWords = words({
  en: {
    preferences: 'Appearance and language',
    appearance: 'Appearance',
    auto: 'As the system',
    light: 'Light',
    dark: 'Dark',
    language: 'Language',
  },
  de: {
    preferences: 'Darstellung und Sprache',
    appearance: 'Darstellung',
    auto: 'Wie das System',
    light: 'Hell',
    dark: 'Dunkel',
    language: 'Sprache',
  },
});
