import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** A script of a build, as far as its weight matters. */
export interface Chunk {
  type: 'chunk';
  fileName: string;
  code: string;
  isEntry: boolean;
  /** Files that it can't run without. */
  imports: string[];
  /** The modules in it, by their paths. */
  modules: Record<string, unknown>;
}

/** The chunks that a page is made of: the entry's, those that hold certain modules, and all that these import. What they import later does not count. */
export function chunksOf(chunks: Chunk[], modules: string[]): Chunk[] {
  const byName = new Map(chunks.map((c) => [c.fileName, c]));
  const found = new Set<Chunk>();
  const add = (chunk: Chunk | undefined) => {
    if (!chunk || found.has(chunk)) return;
    found.add(chunk);
    for (const name of chunk.imports) add(byName.get(name));
  };
  for (const chunk of chunks) if (chunk.isEntry) add(chunk);
  for (const module of modules) {
    const holder = chunks.find((c) => Object.keys(c.modules).some((id) => id.endsWith(module)));
    if (!holder) throw new Error(`no chunk has the module ${module}, whose weight is to be known`);
    add(holder);
  }
  return [...found];
}

/** Fails a build whose first dashboard, without charts, takes more than so many bytes of scripts as they are sent. */
export function light(most: number, modules: string[]): Plugin {
  return {
    name: 'light',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((c) => c.type === 'chunk');
      const first = chunksOf(chunks, modules).map((c) => ({ name: c.fileName, bytes: gzipSync(c.code).length }));
      const bytes = first.reduce((sum, c) => sum + c.bytes, 0);
      if (bytes > most) {
        const list = first.sort((a, b) => b.bytes - a.bytes).map((c) => `${c.bytes} ${c.name}`);
        this.error(
          `the first dashboard takes ${bytes} bytes of scripts, and may take ${most}:\n${list.join('\n')}\nFetch later what is not seen first: see src/parts/later.ts`,
        );
      }
      this.info(`the first dashboard takes ${bytes} bytes of scripts; ${most} are the limit`);
    },
  };
}
