import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { usedStyles } from './styles.ts';
import { light } from './weight.ts';

// The Go program embeds what is in here; see internal/web.
const dist = '../internal/web/dist';

/** Puts packed copies beside each asset, so that the server need not pack. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    writeBundle() {
      const folder = join(dist, 'assets');
      for (const name of readdirSync(folder).filter((n) => /\.(js|css)$/.test(n))) {
        const file = join(folder, name);
        const content = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
        writeFileSync(`${file}.br`, brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  plugins: [
    react(),
    usedStyles('src'),
    packed(),
    // Whoever opens the app waits for what the first dashboard is made of, so that it stays light. Charts come later.
    light(250_000, ['/src/app/shell/Shell.tsx', '/src/pages/dashboard/DashboardPage.tsx']),
  ],
  // The server puts another nonce into each page that it sends.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: dist,
    emptyOutDir: false,
    assetsInlineLimit: 0,
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    chunkSizeWarningLimit: 800,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What every page needs is two files: libraries, which a browser keeps when only the app changes, and the app.
        codeSplitting: {
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/, priority: 1 },
            { name: 'app', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  server: { port: 5173, proxy: { '/api': process.env.TALLYSTICK_SERVER ?? 'http://127.0.0.1:8080' } },
  test: { include: ['*.test.ts', 'src/**/*.test.{ts,tsx}'], environment: 'node' },
});
