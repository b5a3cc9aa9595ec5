import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// The Go program embeds what is in here; see internal/web.
const dist = '../internal/web/dist';

/** Puts a packed copy beside each asset, so that the server need not pack. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    closeBundle() {
      const folder = join(dist, 'assets');
      for (const name of readdirSync(folder).filter((n) => /\.(js|css)$/.test(n))) {
        const file = join(folder, name);
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), packed()],
  // The server puts another nonce into each page that it sends.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: dist,
    emptyOutDir: false,
    assetsInlineLimit: 0,
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    chunkSizeWarningLimit: 800,
  },
  server: { port: 5173, proxy: { '/api': process.env.TALLYSTICK_SERVER ?? 'http://127.0.0.1:8080' } },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node' },
});
