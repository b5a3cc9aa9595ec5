import { Button } from '@mantine/core';
import { useState } from 'react';
import { dayOf } from '../../../i18n/dayOf';
import { useWords } from '../../../i18n/words';
import { DateField } from '../../../parts/DateField';
import { OneOf } from '../../../parts/OneOf';
import { presets } from '../../../reports/question';
import { serverNow } from '../../../session/clock';
import { dashboardWords } from '../words';
import type { Asking } from './asking';
import classes from './Filters.module.css';

interface Props extends Asking {
  /** The first and last date of what is shown, as far as it is known. */
  shown: () => { first: string; last: string } | undefined;
}

/** Of when: a period in words, or two dates which both count. */
export function PeriodChoice({ asked, ask, shown }: Props) {
  const t = useWords(dashboardWords);
  const [choosing, setChoosing] = useState(false);
  const custom = choosing || !asked.period;
  return (
    <>
      <OneOf
        label={t.period}
        value={custom ? 'custom' : (asked.period ?? 'custom')}
        data={[...presets.map((p) => ({ value: p, label: t[p] })), { value: 'custom', label: t.custom }]}
        onChange={(value) => {
          const preset = presets.find((p) => p === value);
          setChoosing(!preset);
          if (preset) ask({ period: preset, from: undefined, to: undefined });
        }}
      />
      {custom && (
        <Dates
          key={`${asked.from} ${asked.to}`}
          from={asked.from ?? shown()?.first}
          to={asked.to ?? shown()?.last}
          onChosen={(from, to) => {
            setChoosing(false);
            ask({ period: undefined, from, to });
          }}
        />
      )}
    </>
  );
}

interface DatesProps {
  from?: string;
  to?: string;
  onChosen: (from: string, to: string) => void;
}

/** Two dates, at first those of what is shown. They are asked for together: one of them alone is no period. */
function Dates({ from: before, to: after, onChosen }: DatesProps) {
  const t = useWords(dashboardWords);
  const today = serverNow().slice(0, 10);
  const [from, setFrom] = useState(dayOf(before) ?? `${today.slice(0, 8)}01`);
  const [to, setTo] = useState(dayOf(after) ?? today);
  return (
    <form
      className={classes.dates}
      onSubmit={(e) => {
        e.preventDefault();
        onChosen(from, to);
      }}
    >
      <DateField label={t.from} required value={from} max={to} onChange={setFrom} />
      <DateField label={t.to} required value={to} min={from} onChange={setTo} />
      <Button type="submit" variant="light">
        {t.apply}
      </Button>
    </form>
  );
}
