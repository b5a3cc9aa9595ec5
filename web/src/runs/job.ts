import type { Schemas } from '../api/client';
import { presets } from '../reports/question';
import type { Who } from '../session/session';
import { finished } from './conditions';
import { type JobSearch, jobSearchOf } from './jobSearch';

export type Job = Schemas['Job'];

export const calendarPeriods = ['previous-day', 'previous-week', 'previous-month', 'previous-quarter'] as const;
export const exportPeriods = [...presets, ...calendarPeriods, 'custom'] as const;
export const schedulePeriods = ['since-previous-run', ...calendarPeriods, ...presets] as const;
export const formats = ['csv', 'xlsx', 'xls', 'json', 'ndjson'] as const;
export const delimiters = ['comma', 'pipe', 'semicolon', 'tab'] as const;

export type Whose = 'these' | 'all' | 'filter';

/** What a form has been told of a report so far. Fields that don't count, such as the dates of another period, keep what was entered. */
export interface JobDraft {
  report: string;
  table: string;
  options: Record<string, string>;
  where: string[];
  whose: Whose;
  tenants: string[];
  /** FIELD:OPERATOR:VALUE each */
  filter: string[];
  period: string;
  from: string;
  to: string;
  zone: string;
  format: string;
  delimiter: string;
  bom: boolean;
  guard: string;
}

/** A form before anything is entered: all tenants that somebody sees, or the only one. */
export function blankJob(who: Pick<Who, 'reach' | 'tenant'>, period: string): JobDraft {
  const alone = !who.reach.all && who.reach.tenants === 1;
  return {
    report: '',
    table: '',
    options: {},
    where: [],
    whose: alone ? 'these' : 'all',
    tenants: alone ? [who.tenant] : [],
    filter: [],
    period,
    from: '',
    to: '',
    zone: '',
    format: 'csv',
    delimiter: 'comma',
    bom: false,
    guard: '',
  };
}

/** What is asked of the server: only what counts. */
export function jobOf(d: JobDraft): Job {
  const custom = d.period === 'custom';
  const csv = d.format === 'csv';
  return {
    report: d.report,
    table: d.table || undefined,
    options: Object.keys(d.options).length > 0 ? d.options : undefined,
    where: d.where.length > 0 ? d.where : undefined,
    tenants: d.whose === 'these' ? d.tenants : undefined,
    all_tenants: d.whose === 'all' ? true : undefined,
    filter: d.whose === 'filter' ? finished(d.filter) : undefined,
    period: d.period,
    from: custom ? d.from : undefined,
    to: custom ? d.to : undefined,
    zone: d.zone || undefined,
    format: d.format,
    delimiter: csv ? d.delimiter : undefined,
    bom: csv && d.bom ? true : undefined,
    guard: csv && d.guard ? d.guard : undefined,
  };
}

/** The form that asks for this. */
export function draftOf(job: Job, blank: JobDraft): JobDraft {
  return {
    report: job.report,
    table: job.table ?? '',
    options: job.options ?? {},
    where: job.where ?? [],
    whose: job.all_tenants ? 'all' : job.filter?.length ? 'filter' : 'these',
    tenants: job.tenants ?? [],
    filter: job.filter ?? [],
    period: job.period || blank.period,
    from: job.from ?? '',
    to: job.to ?? '',
    zone: job.zone ?? '',
    format: job.format || 'csv',
    delimiter: job.delimiter || 'comma',
    bom: job.bom ?? false,
    guard: job.guard ?? '',
  };
}

export function searchOfDraft(name: string, description: string, d: JobDraft): JobSearch {
  const job = jobOf(d);
  return jobSearchOf({
    ...job,
    name,
    description,
    option: Object.entries(d.options).map(([k, v]) => `${k}=${v}`),
    tenant: job.tenants,
    bom: d.bom ? 'true' : '',
  });
}

/** The form of an address. A custom period is not taken over: each run of a schedule has a period of its own. */
export function draftOfSearch(search: JobSearch, blank: JobDraft): JobDraft {
  const known = schedulePeriods.find((p) => p === search.period);
  return {
    ...blank,
    report: search.report ?? blank.report,
    table: search.table ?? '',
    options: Object.fromEntries(
      (search.option ?? []).map((o) => {
        const at = o.indexOf('=');
        return at < 0 ? [o, ''] : [o.slice(0, at), o.slice(at + 1)];
      }),
    ),
    where: search.where ?? [],
    whose: search.tenant ? 'these' : search.filter ? 'filter' : blank.whose,
    tenants: search.tenant ?? blank.tenants,
    filter: search.filter ?? [],
    period: known ?? blank.period,
    zone: search.zone ?? '',
    format: formats.find((f) => f === search.format) ?? 'csv',
    delimiter: search.delimiter ?? 'comma',
    bom: search.bom === 'true',
  };
}
