import { expect, test } from 'vitest';
import { parseSearch, stringifySearch } from '../app/search';
import { blankJob, draftOf, draftOfSearch, type JobDraft, jobOf, searchOfDraft } from './job';
import { jobSearchOf } from './jobSearch';

const provider = { tenant: '', reach: { all: true, tenants: 0 } };
const alone = { tenant: 'acme', reach: { all: false, tenants: 1 } };
const blank = blankJob(provider, 'since-previous-run');

const full: JobDraft = {
  report: 'room-usage',
  table: 'rooms',
  options: { governance: 'native', every: 'a=b' },
  where: ['room=r=1', 'room=r2'],
  whose: 'filter',
  tenants: [],
  filter: ['company_name:contains:A:B & C'],
  period: 'previous-month',
  from: '',
  to: '',
  zone: 'Europe/Madrid',
  format: 'csv',
  delimiter: 'pipe',
  bom: true,
  guard: '',
};

test('what an export was asked for fills the form of a schedule, by its address', () => {
  const address = stringifySearch({ ...searchOfDraft('Rooms', 'of Madrid', full) });
  const read = jobSearchOf(parseSearch(address));
  expect(read).toMatchObject({ name: 'Rooms', description: 'of Madrid' });
  expect(draftOfSearch(read, blank)).toEqual(full);
});

test('a custom period is not that of a schedule', () => {
  const custom = { ...full, period: 'custom', from: '2025-01-01', to: '2025-01-31' };
  expect(draftOfSearch(searchOfDraft('', '', custom), blank).period).toBe('since-previous-run');
});

test('a job is the same when it went through the form', () => {
  expect(jobOf(draftOf(jobOf(full), blank))).toEqual(jobOf(full));
});

test.each(['these', 'all', 'filter'] as const)('whose usage is said in one way: %s', (whose) => {
  const job = jobOf({ ...full, whose, tenants: ['a'] });
  expect([job.tenants, job.all_tenants, job.filter].filter((v) => v !== undefined)).toHaveLength(1);
});

test('what does not count is not asked for', () => {
  const job = jobOf({ ...full, format: 'xlsx', from: '2025-01-01', to: '2025-01-31' });
  expect([job.delimiter, job.bom, job.from, job.to]).toEqual([undefined, undefined, undefined, undefined]);
});

test('who sees one tenant asks for that', () => {
  expect(jobOf(blankJob(alone, 'last-month')).tenants).toEqual(['acme']);
  expect(jobOf(blankJob(provider, 'last-month')).all_tenants).toBe(true);
});

test('a condition that is not finished is not sent, for it would let every tenant in', () => {
  const draft: JobDraft = { ...blank, whose: 'filter' };
  expect(jobOf({ ...draft, filter: ['company_name:contains:', 'hostname:equals:x'] }).filter).toEqual([
    'hostname:equals:x',
  ]);
  expect(jobOf({ ...draft, filter: ['company_name:contains:'] }).filter).toEqual([]);
});
