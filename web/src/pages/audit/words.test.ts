import { expect, test } from 'vitest';
import { below, read } from '../../i18n/server/german/source';
import { actionName, auditWords, causeName, kindName } from './words';

const go = ['internal/control', 'internal/api']
  .flatMap(below)
  .filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'))
  .map(read);
const found = (pattern: RegExp) => [
  ...new Set(go.flatMap((file) => [...file.matchAll(pattern)].map((m) => m[1] ?? ''))),
];

test('everything that the audit log has has words', () => {
  const actions = found(/(?:Action: |\.change\(ctx, [^"\n]*?, |\.changeAs\(ctx, [^"\n]*?, )"([a-z]+(?:\.[a-z-]+)?)"/g);
  const kinds = found(/ObjectKind: "([^"]+)"/g);
  const causes = found(/\bSystem\("([^"]+)"\)/g).filter((name) => !name.includes(' a ')); // what is only looked for is in no entry
  expect(actions.length).toBeGreaterThan(30);
  expect(kinds.length).toBeGreaterThan(10);
  expect(causes.length).toBeGreaterThan(3);
  const t = auditWords.en;
  for (const action of actions) expect(actionName(action, t), action).not.toBe(action);
  const keys = new Set(Object.keys(t));
  expect(kinds.filter((kind) => !keys.has(`kind_${kind}`))).toEqual([]);
  expect(causes.filter((cause) => !keys.has(`by_${cause}`))).toEqual([]);
});

test('what has no words is as the server calls it', () => {
  expect([
    actionName('toString', auditWords.de),
    kindName('unicorn', auditWords.de),
    causeName('moon', auditWords.de),
  ]).toEqual(['toString', 'unicorn', 'moon']);
});
