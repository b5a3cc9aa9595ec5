import { Checkbox, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useServerText } from '../i18n/server/useServerText';
import { useWords } from '../i18n/words';
import { zoneSearch, zones } from '../i18n/zones';
import { DateField } from '../parts/DateField';
import { useRefusal } from '../parts/Refused';
import { partWords } from '../parts/words';
import { reportsQuery } from '../reports/definitions';
import classes from './Fields.module.css';
import { delimiters, formats, type JobDraft } from './job';
import { ReportOptions } from './ReportOptions';
import { reportChosen } from './reportChosen';
import { TenantFields } from './TenantFields';
import { runWords } from './words';

export interface JobFieldsProps {
  draft: JobDraft;
  onChange: (change: Partial<JobDraft>) => void;
  error: unknown;
  periods: readonly (keyof (typeof runWords)['en'])[];
  /** What holds where no zone is chosen; without it the rule of the report. */
  zoneHint?: string;
  /** Fields between the period and the file. */
  children?: ReactNode;
}

/** What is asked for, in the order in which people say it: which report, of whom, of when, as what. */
export function JobFields({ draft, onChange, error, periods, zoneHint, children }: JobFieldsProps) {
  const t = useWords(runWords);
  const server = useServerText();
  const wrong = useRefusal(error);
  const p = useWords(partWords);
  const reports = useQuery(reportsQuery);
  const definition = reports.data?.find((r) => r.name === draft.report);
  const r = server.report(draft.report);
  const tables = definition?.tables ?? [];
  const always = definition?.zone === 'always-utc';
  return (
    <Stack gap="lg">
      <fieldset className={classes.group}>
        <legend>{t.what}</legend>
        <Stack gap="sm">
          <div className={classes.row}>
            <Select
              label={t.report}
              required
              searchable
              selectFirstOptionOnChange
              allowDeselect={false}
              nothingFoundMessage={t.noReport}
              data={(reports.data ?? []).map((x) => ({ value: x.name, label: server.report(x.name).text(x.title) }))}
              value={draft.report || null}
              onChange={(name) => {
                const chosen = reports.data?.find((r) => r.name === name);
                if (chosen) onChange(reportChosen(chosen));
              }}
              error={wrong('report')}
              description={definition && r.text(definition.about)}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
            />
            {tables.length > 1 && (
              <Select
                label={t.table}
                allowDeselect={false}
                data={[
                  { value: '', label: t.allTables },
                  ...tables.map((x) => ({ value: x.name, label: r.text(x.name) })),
                ]}
                value={draft.table}
                onChange={(table) => onChange({ table: table ?? '' })}
                error={wrong('table')}
              />
            )}
          </div>
          {definition && <ReportOptions definition={definition} draft={draft} onChange={onChange} error={error} />}
        </Stack>
      </fieldset>
      <TenantFields draft={draft} onChange={onChange} error={error} />
      <fieldset className={classes.group}>
        <legend>{t.period}</legend>
        <div className={classes.row}>
          <Select
            label={t.period}
            allowDeselect={false}
            data={periods.map((value) => ({ value, label: String(t[value]) }))}
            value={draft.period}
            onChange={(period) => period && onChange({ period })}
            error={wrong('period')}
          />
          {draft.period === 'custom' && (
            <>
              <DateField
                label={t.from}
                required
                value={draft.from}
                max={draft.to}
                onChange={(from) => onChange({ from })}
                error={wrong('from')}
              />
              <DateField
                label={t.to}
                required
                value={draft.to}
                min={draft.from}
                onChange={(to) => onChange({ to })}
                error={wrong('to')}
              />
            </>
          )}
          {always ? (
            <TextInput label={t.zone} value={t.zoneUTC} readOnly variant="filled" />
          ) : (
            <Select
              label={t.zone}
              placeholder={zoneHint ?? (definition?.zone === 'utc' ? t.zoneUTC : t.zoneOfTenant)}
              data={draft.zone && !zones.includes(draft.zone) ? [draft.zone, ...zones] : zones}
              value={draft.zone || null}
              onChange={(zone) => onChange({ zone: zone ?? '' })}
              clearable
              {...zoneSearch}
              nothingFoundMessage={p.nothingFound}
              error={wrong('zone')}
            />
          )}
        </div>
      </fieldset>
      {children}
      <fieldset className={classes.group}>
        <legend>{t.file}</legend>
        <Stack gap="sm">
          <div className={classes.row}>
            <Select
              label={t.format}
              allowDeselect={false}
              data={formats.map((value) => ({ value, label: t[value] }))}
              value={draft.format}
              onChange={(format) => format && onChange({ format })}
              error={wrong('format')}
            />
            {draft.format === 'csv' && (
              <Select
                label={t.delimiter}
                allowDeselect={false}
                data={delimitersWith(draft.delimiter).map((value) => ({ value, label: labelOf(value, t) }))}
                value={draft.delimiter}
                onChange={(delimiter) => delimiter && onChange({ delimiter })}
                error={wrong('delimiter')}
              />
            )}
          </div>
          {draft.format === 'csv' && (
            <Checkbox label={t.bom} checked={draft.bom} onChange={(e) => onChange({ bom: e.currentTarget.checked })} />
          )}
        </Stack>
      </fieldset>
    </Stack>
  );
}

/** The delimiters that have names, and the one that is chosen where it has none. */
function delimitersWith(chosen: string): string[] {
  return delimiters.some((d) => d === chosen) ? [...delimiters] : [...delimiters, chosen];
}

function labelOf(delimiter: string, t: (typeof runWords)['en']): string {
  const named = delimiters.find((d) => d === delimiter);
  return named ? t[named] : delimiter;
}
