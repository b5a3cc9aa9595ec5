import { build } from 'vite';
import { expect, test } from 'vitest';
import { type Chunk, chunksOf, light } from './weight';

const chunk = (fileName: string, imports: string[] = [], module = `/src/${fileName}`): Chunk => ({
  type: 'chunk',
  fileName,
  code: '',
  isEntry: fileName === 'entry',
  imports,
  modules: { [module]: {} },
});

test('a page is what runs at first, and not what is fetched later', () => {
  const chunks = [
    chunk('entry', ['libraries']),
    chunk('libraries'),
    chunk('page', ['shared', 'libraries']),
    chunk('shared', ['page']),
    chunk('later', ['shared']),
  ];
  expect(chunksOf(chunks, ['/src/page']).map((c) => c.fileName)).toEqual(['entry', 'libraries', 'page', 'shared']);
  expect(() => chunksOf(chunks, ['/src/gone'])).toThrow('no chunk has the module /src/gone');
});

test('a build that is too heavy fails', async () => {
  const code = 'export const text = document.title; import("virtual:later")';
  const built = (most: number) =>
    build({
      configFile: false,
      logLevel: 'silent',
      plugins: [
        {
          name: 'virtual',
          resolveId: (id) => (id.startsWith('virtual:') ? id : undefined),
          load: (id) =>
            id === 'virtual:entry' ? code : id === 'virtual:later' ? `alert("${'x'.repeat(99)}")` : undefined,
        },
        light(most, ['virtual:entry']),
      ],
      build: { write: false, rolldownOptions: { input: 'virtual:entry' } },
    });
  await expect(built(20)).rejects.toThrow(/takes \d+ bytes of scripts, and may take 20/);
  await expect(built(4000)).resolves.toBeDefined();
});
