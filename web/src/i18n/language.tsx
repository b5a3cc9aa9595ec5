import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { germanText } from './server/loaded';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

const stored = 'tallystick-language';

function initial(): Language {
  for (const tag of [localStorage.getItem(stored) ?? '', ...navigator.languages]) {
    const language = tag.slice(0, 2);
    if (language in languages) return language as Language;
  }
  return 'en';
}

interface Chosen {
  language: Language;
  choose: (language: Language) => void;
}

const Context = createContext<Chosen>({ language: 'en', choose: () => {} });

/** Holds the language of the app: as chosen, else the browser's first that there is, else English. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(initial);
  useEffect(() => {
    document.documentElement.lang = language;
    if (language === 'de') germanText.fetch();
  }, [language]);
  const value = useMemo(
    () => ({
      language,
      choose: (l: Language) => {
        localStorage.setItem(stored, l);
        setLanguage(l);
      },
    }),
    [language],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useLanguage(): Chosen {
  return useContext(Context);
}

/** The language of the page, for what is said outside of components. */
export function languageNow(): Language {
  const { lang } = document.documentElement;
  return lang in languages ? (lang as Language) : 'en';
}
