// Writes the client into the page of the binary, as one file. With --check it only says whether that is up to date.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const target = fileURLToPath(new URL('../../crates/handstamp-server/src/http/page/handstamp.js', import.meta.url));
const { outputFiles } = await build({
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  banner: { js: '// The client for browsers, of the folder `client`: npm run page' },
  write: false,
});
const [{ text }] = outputFiles;
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error(`${target} is not up to date: npm run page`);
  process.exitCode = 1;
}
