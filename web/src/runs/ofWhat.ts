import type { Schemas } from '../api/client';
import type { Formats } from '../i18n/format';
import { ownZone } from '../i18n/zones';
import { periodText } from '../reports/period';
import type { runWords } from './words';

type Words = (typeof runWords)['en'];

/** The period of a run: as it was found, in its zone, which is UTC where the report has no other; else as it was asked for. */
export function runPeriod(run: Pick<Schemas['Run'], 'from' | 'before' | 'job'>, t: Words, f: Formats): string {
  const { job } = run;
  if (run.from && run.before) return periodText({ from: run.from, before: run.before, zone: job.zone || 'UTC' }, f);
  if (job.from && job.to) {
    const shown = (v: string) => (v.length === 10 ? f.date(v) : f.instant(v, job.zone || ownZone));
    return `${shown(job.from)} – ${shown(job.to)}`;
  }
  return periodName(job.period, t);
}

/** A period in words. */
export function periodName(period: string | undefined, t: Words): string {
  return period && period in t ? String(t[period as keyof Words]) : (period ?? '');
}

/** Whose usage, in a few words. */
export function whoseText(job: Schemas['Job'], t: Words, f: Formats): string {
  if (job.all_tenants) return t.ofAll;
  if (job.filter?.length) return t.ofFilter;
  const tenants = job.tenants ?? [];
  return tenants.length <= 2 ? tenants.join(', ') : t.tenantsOf(f.number(tenants.length));
}
