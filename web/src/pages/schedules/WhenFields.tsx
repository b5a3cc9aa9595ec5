import { Chip, Group, Input, Select, Stack, TextInput } from '@mantine/core';
import { useFormats } from '../../i18n/format';
import { useWords } from '../../i18n/words';
import { zoneSearch, zones } from '../../i18n/zones';
import { useRefusal } from '../../parts/Refused';
import { partWords } from '../../parts/words';
import classes from '../../runs/Fields.module.css';
import { daysOfMonth, type RecurrenceDraft } from './form';
import { formWords } from './formWords';
import { grains, hourSteps, lastDay, monthSteps, weekdays } from './recurrence';

interface Props {
  draft: RecurrenceDraft;
  onChange: (change: Partial<RecurrenceDraft>) => void;
  error: unknown;
}

/** When a schedule runs: how often, at what time, on which clocks. */
export function WhenFields({ draft, onChange, error }: Props) {
  const t = useWords(formWords);
  const wrongOf = useRefusal(error);
  const p = useWords(partWords);
  const f = useFormats();
  const wrong = (field: string) => wrongOf(`recurrence.${field}`);
  const steps = (numbers: number[], chosen: number, label: (n: number) => string) =>
    [...new Set([...numbers, chosen])].sort((a, b) => a - b).map((n) => ({ value: String(n), label: label(n) }));
  return (
    <fieldset className={classes.group}>
      <legend>{t.when}</legend>
      <Stack gap="sm">
        <div className={classes.row}>
          <Select
            label={t.repeats}
            allowDeselect={false}
            data={grains.map((value) => ({ value, label: t[value] }))}
            value={draft.grain}
            onChange={(v) => onChange({ grain: grains.find((g) => g === v) ?? draft.grain })}
            error={wrong('grain')}
          />
          {draft.grain === 'hour' && (
            <Select
              label={t.every}
              allowDeselect={false}
              data={steps(hourSteps, draft.hours, t.hours)}
              value={String(draft.hours)}
              onChange={(v) => v && onChange({ hours: Number(v) })}
              error={wrong('every')}
            />
          )}
          {draft.grain === 'month' && (
            <>
              <Select
                label={t.every}
                allowDeselect={false}
                data={steps(monthSteps, draft.months, t.months)}
                value={String(draft.months)}
                onChange={(v) => v && onChange({ months: Number(v) })}
                error={wrong('every')}
              />
              <Select
                label={t.dayOfMonth}
                allowDeselect={false}
                data={daysOfMonth.map((d) => ({ value: String(d), label: d === lastDay ? t.lastDay : f.number(d) }))}
                value={String(draft.day)}
                onChange={(v) => v && onChange({ day: Number(v) })}
                error={wrong('day')}
              />
            </>
          )}
          <TextInput
            type="time"
            label={draft.grain === 'hour' ? t.from : t.at}
            required
            value={draft.time}
            onChange={(e) => onChange({ time: e.currentTarget.value })}
            error={wrong('hour') ?? wrong('minute')}
          />
          <Select
            label={t.whenZone}
            required
            {...zoneSearch}
            nothingFoundMessage={p.nothingFound}
            data={draft.zone && !zones.includes(draft.zone) ? [draft.zone, ...zones] : zones}
            value={draft.zone || null}
            onChange={(zone) => zone && onChange({ zone })}
            error={wrong('zone')}
          />
          <TextInput
            type="date"
            label={draft.grain === 'month' && draft.months > 1 ? t.startMonths : t.start}
            value={draft.start}
            onChange={(e) => onChange({ start: e.currentTarget.value })}
            error={wrong('start')}
          />
        </div>
        {draft.grain === 'week' && (
          <Input.Wrapper label={t.days} labelElement="div" labelProps={{ id: 'weekdays' }} error={wrong('weekdays')}>
            <Group gap="xs" mt={4} role="group" aria-labelledby="weekdays">
              {weekdays.map((d) => (
                <Chip
                  key={d}
                  size="sm"
                  variant="light"
                  checked={draft.weekdays.includes(d)}
                  onChange={(on) =>
                    onChange({ weekdays: on ? [...draft.weekdays, d] : draft.weekdays.filter((x) => x !== d) })
                  }
                >
                  {f.weekday(d, 'short')}
                </Chip>
              ))}
            </Group>
          </Input.Wrapper>
        )}
      </Stack>
    </fieldset>
  );
}
