// Packs the client for browsers, installs it as its users do, and reports which rows held.
//
//   node packages.mjs <the program handstamp>      CHROMIUM=/path/to/chromium to use another
//
// Needs what builds the client (`npm ci --prefix client`), and npm's registry for what is not in npm's cache.

import { rmSync } from 'node:fs';
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from './child.mjs';
import { next } from './packages/next.mjs';
import { packed } from './packages/packed.mjs';
import { plain } from './packages/plain.mjs';
import { typescript } from './packages/typescript.mjs';
import { vite } from './packages/vite.mjs';
import { Rows } from './rows.mjs';

const [program] = process.argv.slice(2);
if (!program) {
  console.error('usage: node packages.mjs <the program handstamp>');
  process.exit(2);
}

const rows = new Rows();
const folder = await mkdtemp(join(tmpdir(), 'handstamp-packages-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
// What the tools leave behind is deleted along with it.
process.env.TMPDIR = folder;

// Packs the client. Returns the package, which is unpacked to `package` as well.
async function pack() {
  const cwd = new URL('../client', import.meta.url);
  await must('npm pack', 120, 'npm', ['pack', '--pack-destination', folder], { cwd });
  const tarball = join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')));
  await must('unpacking', 30, 'tar', ['-xzf', tarball, '-C', folder]);
  return tarball;
}

// Copies a project to the temporary folder, and installs its locked packages, then ours. Returns where it is.
async function install(name) {
  const cwd = join(folder, name);
  await cp(new URL(`packages/${name}`, import.meta.url), cwd, { recursive: true });
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await must(`${name}: npm ci`, 300, 'npm', ['ci', '--prefer-offline', ...quiet], { cwd });
  const printed = await must(`${name}: npm install`, 60, 'npm', ['install', '--no-save', ...quiet, tarball], { cwd });
  rows.check(`${name}: npm installs it and warns of nothing`, !/warn/i.test(printed), printed);
  return cwd;
}

let begin = Date.now();
let tarball;
try {
  tarball = await pack();
} catch (error) {
  rows.check('the client can be packed', false, error.stack);
  process.exit(rows.end());
}
const kit = { rows, program, folder, unpacked: join(folder, 'package'), install };
for (const test of [packed, typescript, plain, vite, next]) {
  try {
    await test(kit);
  } catch (error) {
    rows.check(`${test.name}: the test runs to its end`, false, error.stack);
  }
  console.log(`# ${test.name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  begin = Date.now();
}
process.exit(rows.end());
