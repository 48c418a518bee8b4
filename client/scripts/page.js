// Writes the client as one file into the pages that have it: that of the binary, and those of examples. With --check it
// only says whether they are up to date.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const pages = [
  'crates/handstamp-server/src/http/page',
  'examples/cross-origin/src',
  'examples/starter/page',
  'examples/actix-sessions/page',
];
const { outputFiles } = await build({
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  banner: { js: '// The client for browsers, of the folder `client`: npm run page' },
  write: false,
});
const [{ text }] = outputFiles;
for (const page of pages) {
  const target = fileURLToPath(new URL(`../../${page}/handstamp.js`, import.meta.url));
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text);
  } else if (readFileSync(target, 'utf8') !== text) {
    console.error(`${page}/handstamp.js is not up to date: npm run page`);
    process.exitCode = 1;
  }
}
