// Prints what a page loads: the built files by themselves, and all of the entry, minified and compressed. Ends with
// status 1 if the entry is larger than it may be.

import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const AT_MOST = 4096;

async function compressed(entry, bundle) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

for (const file of readdirSync('dist').filter((name) => name.endsWith('.js'))) {
  console.log(`${file}: ${await compressed(`dist/${file}`, false)} bytes`);
}
const entry = await compressed('dist/index.js', true);
console.log(`handstamp: ${entry} of ${AT_MOST} bytes`);
process.exitCode = entry > AT_MOST ? 1 : 0;
