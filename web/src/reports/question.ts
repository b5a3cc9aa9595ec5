import type { Search } from '../app/search';
import type { Who } from '../session/session';
import type { Definition } from './definitions';

/** What is asked of a report. The address of a dashboard says it with the names and values of the API, so that one reads like the other. */
export interface Question {
  tenant?: string[];
  all_tenants?: 'true';
  from?: string;
  to?: string;
  period?: Preset;
  zone?: string;
  /** NAME=VALUE each */
  option?: string[];
  /** FIELD=VALUE each */
  where?: string[];
}

export const presets = [
  'last-7-days',
  'last-30-days',
  'this-month',
  'last-month',
  'last-3-months',
  'this-year',
] as const;
export type Preset = (typeof presets)[number];

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const list = (value: unknown): string[] | undefined => {
  const texts = [value].flat().filter((v): v is string => typeof v === 'string' && v !== '');
  return texts.length > 0 ? texts : undefined;
};

/** Reads the question of an address. Every name is there, if without a value: what is left out here would stay as the address has it. */
export function questionOf(search: Search | Record<string, unknown>): Question {
  const period = presets.find((p) => p === search.period);
  const question: Question = {
    tenant: list(search.tenant),
    all_tenants: search.all_tenants === 'true' ? 'true' : undefined,
    period,
    from: period ? undefined : text(search.from),
    to: period ? undefined : text(search.to),
    zone: text(search.zone),
    option: list(search.option),
    where: list(search.where),
  };
  if (question.tenant) question.all_tenants = undefined;
  return question;
}

/** Without what is not said, so that equal questions look equal. */
function compact<T extends object>(question: T): T {
  return Object.fromEntries(Object.entries(question).filter(([, v]) => v !== undefined)) as T;
}

/** What a dashboard opens on where its address does not say it. Others open on the last 30 days. */
const openings: Record<string, Preset> = { 'billing-usage': 'last-7-days' };

/** A question with what it leaves open: all tenants that somebody sees, and a period. */
export function complete(question: Question, who: Pick<Who, 'reach' | 'tenant'>, report: string): Question {
  const whole = { ...question };
  if (!whole.tenant && !whole.all_tenants) {
    if (!who.reach.all && who.reach.tenants === 1) whole.tenant = [who.tenant];
    else whole.all_tenants = 'true';
  }
  if (!whole.period && !(whole.from && whole.to)) {
    whole.from = whole.to = undefined;
    whole.period = openings[report] ?? 'last-30-days';
  }
  return compact(whole);
}

/** The values that a question has for a name, of its options or its filters. */
export function valuesOf(pairs: string[] | undefined, name: string): string[] {
  return (pairs ?? []).filter((p) => p.startsWith(`${name}=`)).map((p) => p.slice(name.length + 1));
}

/** The pairs with other values for a name; undefined where none are left. */
export function withValues(pairs: string[] | undefined, name: string, values: string[]): string[] | undefined {
  const others = (pairs ?? []).filter((p) => !p.startsWith(`${name}=`));
  const all = [...others, ...values.map((v) => `${name}=${v}`)];
  return all.length > 0 ? all : undefined;
}

/** The part of a question that another report understands too: whose usage, and when. */
export function carriedOver(question: Question, to: Definition): Question {
  const { tenant, all_tenants, from, to: until, period, zone } = question;
  return compact({ tenant, all_tenants, from, to: until, period, zone: to.zone === 'always-utc' ? undefined : zone });
}
