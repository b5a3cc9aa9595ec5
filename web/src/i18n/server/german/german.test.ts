import { describe, expect, test } from 'vitest';
import { cells } from './cells';
import { builtIn, definitions } from './definitions';
import { leftOut, rules } from './reasons';
import { roles } from './roles';
import { written } from './sentences';
import { composed } from './sentences/composed';
import { events } from './sentences/events';
import { below, form, literals, read, textsOf } from './source';
import { values } from './values';

const yaml = below('reports').filter((path) => /^reports\/[\w-]+\.yaml$/.test(path));
const shown = yaml.flatMap((path) => textsOf(read(path)));

const own = (folder: string) => below(folder).filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'));
const go = [...own('internal'), ...own('.').filter((path) => !path.includes('/'))].map((path) => literals(read(path)));
const texts = new Set(go.flat());
const forms = new Set(go.flat().map(form));

/** The texts of a list of Go: those in its elements, one a line. */
function listed(path: string, pattern: RegExp): string[] {
  return [...read(path).matchAll(pattern)].map((m) => literals(m[1] ?? '')[0] ?? '');
}

describe('built-in reports', () => {
  test('each has German', () => {
    expect(yaml.map((path) => path.replace(/^reports\/|\.yaml$/g, '')).sort()).toEqual([...builtIn].sort());
  });
  test('every text of their definitions has German', () => {
    expect(shown.length).toBeGreaterThan(150);
    expect(shown.filter((text) => !(text in definitions))).toEqual([]);
  });
  test('no German is of a text that there is no more', () => {
    expect(Object.keys(definitions).filter((text) => !shown.includes(text))).toEqual([]);
  });
  test('words in cells are written by reports, and have German', () => {
    const words = Object.entries(cells).flatMap(([column, record]) => {
      expect(shown).toContain(column);
      return Object.keys(record);
    });
    expect(words.filter((word) => !texts.has(word))).toEqual([]);
    const lines = read('internal/report/billing.go');
    const written = [
      ...lines.matchAll(/(?:v\.section = |v\.line\(|v\.concurrency\(|\.write\(v, |, )("[A-Z][^"]*")/g),
    ].flatMap((m) => literals(m[1] ?? ''));
    expect(written.length).toBeGreaterThan(15);
    const known = new Set(words);
    // What applications are called is data.
    const names = ['Agent Application', 'Ticket Guidance', 'Mobile Web', 'Web Self Service'];
    expect(written.filter((word) => !known.has(word) && !names.includes(word))).toEqual([]);
  });
});

test('every reason for which an event does not count has German', () => {
  const reasons = listed('internal/report/explain_reason.go', /\bReason\s+= (".*")$/gm);
  expect(reasons.length).toBeGreaterThan(30);
  expect(Object.keys(leftOut).sort()).toEqual(reasons.sort());
});

test('every rule that an event can break has German', () => {
  const broken = listed('internal/ingest/rules.go', /^\t\w+\s+rule = (".*")$/gm);
  expect(broken.length).toBeGreaterThan(15);
  expect(Object.keys(rules).sort()).toEqual(broken.sort());
});

test('every reason for which an event is rejected has German', () => {
  const files = ['decoder', 'declared', 'field', 'number', 'problem', 'scan', 'text'];
  const said = files.flatMap((file) =>
    [
      ...read(`internal/ingest/${file}.go`).matchAll(
        /(?:\bbroken\(|\w\.wrong\(|tallystick\.Errorf\(tallystick\.\w+, |WithHint\()("(?:\\.|[^"\\])*"|`[^`]*`)/g,
      ),
    ].flatMap((m) => literals(m[1] ?? '')),
  );
  expect(said.length).toBeGreaterThan(40);
  const known = new Set(Object.keys(events).map(form));
  expect([...new Set(said)].filter((text) => form(text) !== '' && !known.has(form(text)))).toEqual([]);
});

test('every role that comes with the program has German', () => {
  const list = /SystemRoles = \[\]Role\{([\s\S]*?)\n\}/.exec(read('internal/control/roles.go'))?.[1] ?? '';
  const said = [...list.matchAll(/(?:Name|Description): (".*?")/g)].flatMap((m) => literals(m[1] ?? ''));
  expect(said.length).toBe(8);
  expect(Object.keys(roles).sort()).toEqual(said.sort());
});

describe('sentences', () => {
  test('each stands in the source', () => {
    expect(Object.keys(written).filter((text) => !forms.has(form(text)))).toEqual([]);
  });
  test('the pieces of those that are put together stand in one file of the source', () => {
    const pieces = (text: string) => text.split(/\{\w+\}/).filter((piece) => piece !== '');
    const inOne = (text: string) => go.some((file) => pieces(text).every((p) => file.some((l) => l.includes(p))));
    expect(Object.keys(composed).filter((text) => !inOne(text))).toEqual([]);
  });
  test('the words in their holes stand in the source', () => {
    const words = Object.values(values).flatMap((record) => Object.keys(record));
    const pieces = words.flatMap((word) => word.split(/\{\w+\}/)).filter((piece) => piece !== '');
    expect(pieces.filter((piece) => ![...texts].some((text) => text.includes(piece)))).toEqual([]);
  });
  test('a translation has no hole that its sentence lacks', () => {
    const holes = (text: string): string[] => text.match(/\{\w+\}/g) ?? [];
    const all = [
      ...Object.entries(written),
      ...Object.entries(composed),
      ...Object.values(values).flatMap((r) => Object.entries(r)),
    ];
    expect(all.filter(([text, german]) => holes(german).some((h) => !holes(text).includes(h)))).toEqual([]);
  });
});
