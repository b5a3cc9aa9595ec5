import { SegmentedControl, Select, Stack, Switch, Text } from '@mantine/core';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { useRefusal } from '../../parts/Refused';
import fields from '../../runs/Fields.module.css';
import type { ScheduleDraft } from './form';
import { formWords } from './formWords';

interface Props {
  draft: ScheduleDraft;
  onChange: (change: Partial<ScheduleDraft>) => void;
  error: unknown;
  /** Whether it is still to be said if the schedule is enabled; of one that is there its list says it. */
  isNew: boolean;
}

const settles = [0, 300, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];
const catchUps = ['every', 'latest', 'none'] as const;

/** How the reports are sent, and what holds where something comes late. */
export function SendingFields({ draft, onChange, error, isNew }: Props) {
  const t = useWords(formWords);
  const wrong = useRefusal(error);
  const f = useFormats();
  const settleText = (s: number) => {
    if (s === 0) return t.noSettle;
    if (s % 3600 === 0) return t.hoursLong(f.number(s / 3600));
    return s % 60 === 0 ? t.minutes(f.number(s / 60)) : t.seconds(f.number(s));
  };
  return (
    <>
      <fieldset className={fields.group}>
        <legend>{t.delivery}</legend>
        <Stack gap="xs" align="flex-start">
          <SegmentedControl
            aria-label={t.delivery}
            data={[
              { value: 'attach', label: t.attach },
              { value: 'link', label: t.link },
            ]}
            value={draft.attach ? 'attach' : 'link'}
            onChange={(v) => onChange({ attach: v === 'attach' })}
          />
          <Text size="xs" c="dimmed">
            {draft.attach ? t.attachHint : t.linkHint}
          </Text>
        </Stack>
      </fieldset>
      <fieldset className={fields.group}>
        <legend>{t.more}</legend>
        <Stack gap="md">
          <div className={fields.row}>
            <Select
              label={t.settle}
              description={t.settleHint}
              allowDeselect={false}
              data={[...new Set([...settles, draft.settle])]
                .sort((a, b) => a - b)
                .map((s) => ({ value: String(s), label: settleText(s) }))}
              value={String(draft.settle)}
              onChange={(v) => v && onChange({ settle: Number(v) })}
              error={wrong('settle')}
            />
            <Select
              label={t.catchUp}
              description={t.catchUpHint}
              allowDeselect={false}
              data={catchUps.map((value) => ({ value, label: t[`catchUp-${value}`] }))}
              value={draft.catchUp}
              onChange={(v) => onChange({ catchUp: catchUps.find((c) => c === v) ?? draft.catchUp })}
              error={wrong('catch_up')}
            />
          </div>
          {isNew && (
            <Switch
              label={t.enabled}
              description={t.enabledHint}
              checked={draft.enabled}
              onChange={(e) => onChange({ enabled: e.currentTarget.checked })}
            />
          )}
        </Stack>
      </fieldset>
    </>
  );
}
