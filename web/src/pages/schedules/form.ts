import type { Schemas } from '../../api/client';
import { finished } from '../../runs/conditions';
import { blankJob, draftOf, draftOfSearch, type JobDraft, jobOf } from '../../runs/job';
import type { JobSearch } from '../../runs/jobSearch';
import type { Who } from '../../session/session';
import { lastDay, type Recurrence, timeOf } from './recurrence';
import type { Schedule } from './schedules';

/** What the server is told of a schedule, new or changed. */
export type ScheduleBody = Omit<Schemas['ScheduleEditedBody'], 'version'>;
export type Recipient = Schemas['Recipient'];

/** When, as a form has been told so far. Fields of other grains keep what was entered. */
export interface RecurrenceDraft {
  grain: Recurrence['grain'];
  hours: number;
  months: number;
  /** As 06:30; empty where it is being entered. */
  time: string;
  weekdays: number[];
  day: number;
  start: string;
  zone: string;
}

/** What the form of a schedule has been told so far. */
export interface ScheduleDraft {
  name: string;
  description: string;
  job: JobDraft;
  recurrence: RecurrenceDraft;
  recipients: Recipient[];
  /** Addresses that are typed and not added yet. */
  typed: { mail: string; webhook: string };
  attach: boolean;
  /** in seconds */
  settle: number;
  catchUp: Schedule['catch_up'];
  enabled: boolean;
}

const sincePreviousRun = 'since-previous-run';

/** A form before anything is entered, but for what its address says. */
export function draftOfAddress(search: JobSearch, who: Pick<Who, 'reach' | 'tenant'>, zone: string): ScheduleDraft {
  return {
    name: search.name ?? '',
    description: search.description ?? '',
    job: draftOfSearch(search, blankJob(who, sincePreviousRun)),
    recurrence: {
      grain: 'month',
      hours: 1,
      months: 1,
      time: '06:00',
      weekdays: [1],
      day: 1,
      start: '',
      zone,
    },
    recipients: [],
    typed: { mail: '', webhook: '' },
    attach: true,
    settle: 300,
    catchUp: 'every',
    enabled: true,
  };
}

/** The form that changes this schedule. */
export function draftOfSchedule(k: Schedule, who: Pick<Who, 'reach' | 'tenant'>): ScheduleDraft {
  const { recurrence: r } = k;
  const every = r.every ?? 1;
  const zone = r.zone ?? '';
  const job = draftOf(k, blankJob(who, sincePreviousRun));
  return {
    name: k.name,
    description: k.description,
    job: { ...job, zone: job.zone === zone ? '' : job.zone },
    recurrence: {
      grain: r.grain,
      hours: r.grain === 'hour' ? every : 1,
      months: r.grain === 'month' ? every : 1,
      time: timeOf(r),
      weekdays: r.weekdays?.length ? r.weekdays : [1],
      day: r.day || 1,
      start: r.start ?? '',
      zone,
    },
    recipients: k.recipients,
    typed: { mail: '', webhook: '' },
    attach: k.attach,
    settle: k.settle,
    catchUp: k.catch_up,
    enabled: k.enabled,
  };
}

/** The recipients with one more, unless it is among them. */
export function withRecipient(recipients: Recipient[], r: Recipient): Recipient[] {
  const same = (x: Recipient) => x.way === r.way && x.address?.toLowerCase() === r.address?.toLowerCase();
  return recipients.some(same) ? recipients : [...recipients, r];
}

/** The form with what is typed among the recipients: whoever saves means it, also where they forgot to press Add. */
export function withTyped(d: ScheduleDraft): ScheduleDraft {
  let { recipients } = d;
  for (const way of ['mail', 'webhook'] as const) {
    const address = d.typed[way].trim();
    if (address) recipients = withRecipient(recipients, { way, address });
  }
  return { ...d, recipients, typed: { mail: '', webhook: '' } };
}

function recurrenceOf(d: RecurrenceDraft): Recurrence {
  const [hour, minute] = d.time.split(':').map(Number);
  return {
    grain: d.grain,
    every: d.grain === 'hour' ? d.hours : d.grain === 'month' ? d.months : undefined,
    hour,
    minute,
    weekdays: d.grain === 'week' ? d.weekdays : undefined,
    day: d.grain === 'month' ? d.day : undefined,
    start: d.start || undefined,
    zone: d.zone,
  };
}

/** What the server is told: only what counts. A schedule without a name has that of its report. */
export function bodyOf(d: ScheduleDraft, title: string): ScheduleBody {
  return {
    ...jobOf(d.job),
    name: d.name.trim() || title,
    description: d.description || undefined,
    recurrence: recurrenceOf(d.recurrence),
    recipients: d.recipients,
    attach: d.attach,
    settle: d.settle,
    catch_up: d.catchUp,
  };
}

export type Missing = 'missingReport' | 'missingTenants' | 'missingFilter' | 'missingDays' | 'missingTime';

/** What is still to be entered before there is anything to preview. */
export function missingOf({ job, recurrence }: Pick<ScheduleDraft, 'job' | 'recurrence'>): Missing | undefined {
  if (!job.report) return 'missingReport';
  if (job.whose === 'these' && job.tenants.length === 0) return 'missingTenants';
  if (job.whose === 'filter' && finished(job.filter).length === 0) return 'missingFilter';
  if (recurrence.grain === 'week' && recurrence.weekdays.length === 0) return 'missingDays';
  if (!recurrence.time) return 'missingTime';
  return undefined;
}

const secondStep = /^(recipients|attach|settle|catch_up|enabled)\b/;

/** Whether the value that an error is about stands in the first step of the form. */
export function inFirstStep(path: string | undefined): boolean {
  return path !== undefined && path !== '' && !secondStep.test(path);
}

/** Days of a month that every month has, and its last. */
export const daysOfMonth = [...Array.from({ length: 28 }, (_, i) => i + 1), lastDay];
