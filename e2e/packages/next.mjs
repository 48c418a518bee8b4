// An application of Next.js, which renders its page where there is no browser.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../child.mjs';

export async function next({ rows, install }) {
  const cwd = await install('next');
  console.log('# next: next build');
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
  const { status, printed } = await run(300, 'node', ['node_modules/next/dist/bin/next', 'build'], { cwd, env });
  rows.check('next: it builds', status === 0, printed);
  rows.check('next: the build warns of nothing', !/warn|⚠|handstamp/i.test(printed), printed);
  const page = await readFile(join(cwd, '.next/server/app/index.html'), 'utf8');
  const isUnknown = page.includes('Nobody knows yet');
  rows.check('next: the page as the server renders it says that nothing is known', isUnknown, page);
  const chunks = join(cwd, '.next/static/chunks');
  const names = (await readdir(chunks, { recursive: true })).filter((name) => name.endsWith('.js'));
  const sources = await Promise.all(names.map((name) => readFile(join(chunks, name), 'utf8')));
  rows.check('next: the browser is sent the client', sources.some((text) => text.includes('X-CSRF-TOKEN')));
}
