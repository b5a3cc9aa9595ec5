import { Input, SegmentedControl, Stack, useMantineColorScheme } from '@mantine/core';
import { type Language, languages, useLanguage } from '../../i18n/language';
import { useWords } from '../../i18n/words';
import { preferenceWords } from '../../parts/preferenceWords';
import { Section } from '../../parts/Section';
import { profileWords } from './words';

const schemes = ['auto', 'light', 'dark'] as const;

/** The language and the colours, which each browser keeps for itself. */
export function Looks() {
  const t = useWords(profileWords);
  const p = useWords(preferenceWords);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { language, choose } = useLanguage();
  const known = Object.keys(languages) as Language[]; // its keys are the languages
  return (
    <Section title={p.preferences} about={t.looksAbout}>
      <Stack align="flex-start">
        <Input.Wrapper label={p.language} labelElement="div">
          <SegmentedControl
            aria-label={p.language}
            display="flex"
            value={language}
            onChange={(v) => choose(known.find((l) => l === v) ?? language)}
            data={known.map((value) => ({ value, label: <span lang={value}>{languages[value]}</span> }))}
          />
        </Input.Wrapper>
        <Input.Wrapper label={p.appearance} labelElement="div">
          <SegmentedControl
            aria-label={p.appearance}
            display="flex"
            value={colorScheme}
            onChange={(v) => setColorScheme(schemes.find((s) => s === v) ?? 'auto')}
            data={schemes.map((value) => ({ value, label: p[value] }))}
          />
        </Input.Wrapper>
      </Stack>
    </Section>
  );
}
