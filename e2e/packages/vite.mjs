// Pages that Vite builds: with the client, with React as well, and without both.

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { must } from '../child.mjs';
import { inBrowser, soon, visit } from './browser.mjs';

export async function vite({ rows, program, folder, install }) {
  const cwd = await install('vite');
  const printed = await must('vite: vite build', 120, 'node', ['node_modules/vite/bin/vite.js', 'build'], { cwd });
  rows.check('vite: it builds and warns of nothing', !/warn|handstamp/i.test(printed), printed);
  await inBrowser(program, folder, { '/': join(cwd, 'dist') }, async (page, base) => {
    await visit(rows, 'vite', page, base);
    const client = await scripts(page, `${base}/index.html`);
    const react = await scripts(page, `${base}/react.html`);
    const blank = await scripts(page, `${base}/blank.html`);
    await page.goto(`${base}/react.html`);
    const who = await soon(page, '#who', 'You are user1.');
    rows.check('vite: React shows who is logged in', who === 'You are user1.', who);
    // Its elements say so of themselves.
    const hasReact = (text) => text.includes('react.transitional.element');
    rows.check('vite: a page with useSession loads React', hasReact(react));
    rows.check('vite: a page without it loads nothing of React', client.includes('X-CSRF-TOKEN') && !hasReact(client));
    const [added, compressed] = [(text) => text.length, (text) => gzipSync(text, { level: 9 }).length].map(
      (size) => size(client) - size(blank),
    );
    console.log(`# vite: the client and the page's own script add ${added} bytes, ${compressed} compressed`);
  });
}

// Returns all scripts that a page loads.
async function scripts(page, url) {
  const loaded = [];
  const listen = (response) => {
    if (response.request().resourceType() === 'script') loaded.push(response.text());
  };
  page.on('response', listen);
  await page.goto(url);
  page.off('response', listen);
  return (await Promise.all(loaded)).join('\n');
}
