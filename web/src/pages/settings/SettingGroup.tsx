import { Button, Group as Row, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { queries } from '../../api/queries';
import { useWords } from '../../i18n/words';
import { Refused, useRefusal } from '../../parts/Refused';
import { Section } from '../../parts/Section';
import { toastDone } from '../../parts/toast';
import { useUnsaved } from '../../parts/unsaved';
import { MailTest } from './MailTest';
import { SettingField } from './SettingField';
import { type Draft, entered, type Group, type Setting } from './settings';
import { settingsQuery } from './settingsQuery';
import { settingsWords } from './words';

interface Props {
  group: Group;
  settings: Setting[];
  mayEdit: boolean;
}

/** Settings that belong together. They are saved one after the other: where one is refused, those before it are saved, and what was entered stays. */
export function SettingGroup({ group, settings, mayEdit }: Props) {
  const t = useWords(settingsWords);
  const [draft, setDraft] = useState<Draft>({});
  useUnsaved(draft);
  const changed = settings.filter((s) => s.name in draft);
  const save = useMutation({
    mutationFn: async () => {
      const saved: string[] = [];
      try {
        for (const { name } of changed) {
          await call(api.PUT('/api/v1/settings/{name}', { params: { path: { name } }, body: { value: draft[name] } }));
          saved.push(name);
        }
      } finally {
        await queries.invalidateQueries({ queryKey: settingsQuery.queryKey });
        setDraft((d) => Object.fromEntries(Object.entries(d).filter(([name]) => !saved.includes(name))));
      }
    },
    onSuccess: () => toastDone(t.saved(t[group])),
  });
  const wrong = useRefusal(save.error);
  const misplaced = save.error && !settings.some((s) => wrong(s.name));
  return (
    <Section title={t[group]} about={t[`${group}About`]}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          {settings.map((s) => (
            <SettingField
              key={s.name}
              setting={s}
              value={s.name in draft ? draft[s.name] : s.value}
              changed={s.name in draft}
              mayEdit={mayEdit}
              error={wrong(s.name)}
              onChange={(value) => setDraft((d) => entered(d, s, value))}
            />
          ))}
          {misplaced && <Refused error={save.error} />}
          {mayEdit && settings.some((s) => !s.fixed) && (
            <Row gap="sm">
              <Button type="submit" loading={save.isPending} disabled={changed.length === 0}>
                {t.save}
              </Button>
              {changed.length > 0 && !save.isPending && (
                <>
                  <Button
                    variant="subtle"
                    color="gray"
                    onClick={() => {
                      setDraft({});
                      save.reset();
                    }}
                  >
                    {t.discard}
                  </Button>
                  <Text size="sm" c="dimmed" role="status">
                    {t.unsaved(changed.length)}
                  </Text>
                </>
              )}
            </Row>
          )}
        </Stack>
      </form>
      {group === 'mail' && mayEdit && <MailTest unsaved={changed.length > 0} />}
    </Section>
  );
}
