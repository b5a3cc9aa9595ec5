import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transform } from 'lightningcss';
import type { Plugin } from 'vite';

const sheet = '/@mantine/core/styles.css';
const packages = join(import.meta.dirname, 'node_modules/@mantine');
const index = join(packages, 'core/esm/index.mjs');

/** By such names scripts and the sheet of Mantine mean the styles of a component. */
const ofMantine = /\bm_[0-9a-f]{5,}\b/g;

/** A style sheet without the rules that need a class of Mantine's which is none of these. */
export function withoutUnused(css: string, used: ReadonlySet<string>): string {
  const { code } = transform({
    filename: 'styles.css',
    code: Buffer.from(css),
    minify: true,
    visitor: {
      Rule: {
        style({ value: { selectors } }) {
          const dead = selectors.every((selector) =>
            selector.some((part) => part.type === 'class' && part.name.match(ofMantine) && !used.has(part.name)),
          );
          return dead ? [] : undefined;
        },
      },
    },
  });
  return code.toString();
}

/** The classes of the components that the sources name, and of those that these are made of. */
function classesOf(sources: string): Set<string> {
  const read = (folder: string, ending: RegExp) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => ending.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  const places = new Map<string, string>();
  for (const [, names = '', place = ''] of readFileSync(index, 'utf8').matchAll(
    /^import \{([^}]*)\} from "(\..*)";$/gm,
  )) {
    for (const name of names.split(',')) places.set(name.trim(), join(dirname(index), place));
  }
  const wanted = [sources, ...['dates', 'notifications'].map((name) => join(packages, name, 'esm'))]
    .flatMap((folder) => read(folder, /\.(tsx?|mjs)$/))
    .flatMap((text) => [...text.matchAll(/^import \{([^}]*)\} from ['"]@mantine\/core['"]/gm)])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim().split(' as ')[0] ?? ''));
  const classes = new Set<string>();
  const seen = new Set<string>();
  const follow = (place: string | undefined) => {
    if (!place || seen.has(place)) return;
    seen.add(place);
    const text = readFileSync(place, 'utf8');
    if (place.endsWith('.module.mjs')) for (const name of text.match(ofMantine) ?? []) classes.add(name);
    for (const [, next = ''] of text.matchAll(/^import .* from "(\..*)";$/gm)) follow(join(dirname(place), next));
  };
  for (const name of wanted) follow(places.get(name));
  return classes;
}

/**
 * Leaves out of Mantine's sheet the styles of components that the app does not have, which are half of it. That has to be known before the sheet gets the digest in its name, and
 * so is told from the sources; a build that has a component of which this did not know fails.
 */
export function usedStyles(sources: string): Plugin {
  let used = new Set<string>();
  return {
    name: 'used-styles',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith(sheet)) return undefined;
      used = classesOf(sources);
      return withoutUnused(readFileSync(id, 'utf8'), used);
    },
    generateBundle(_, bundle) {
      if (used.size === 0) this.error(`no module is ${sheet}, whose unused styles are to be left out`);
      const all = new Set(readFileSync(join(packages, 'core/styles.css'), 'utf8').match(ofMantine));
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const left = file.code.match(ofMantine)?.filter((name) => all.has(name) && !used.has(name)) ?? [];
        if (left.length > 0) this.error(`${file.fileName} needs styles that were left out: ${left.join(', ')}`);
      }
    },
  };
}
