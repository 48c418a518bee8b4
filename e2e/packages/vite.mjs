// Pages that Vite builds: with the client, with React as well, and without both.

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { end, must, start } from '../child.mjs';
import { freePort } from '../service.mjs';
import { inBrowser, soon, visit } from './browser.mjs';

export async function vite({ rows, program, folder, install }) {
  const cwd = await install('vite');
  const printed = await must('vite: vite build', 120, 'node', ['node_modules/vite/bin/vite.js', 'build'], { cwd });
  rows.check('vite: it builds and warns of nothing', !/warn|handstamp/i.test(printed), printed);
  await inBrowser(program, folder, { '/': join(cwd, 'dist') }, async (page, base) => {
    await visit(rows, 'vite', page, base);
    await develop(rows, page, base, cwd);
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

// The same by the development server, which passes the service's routes on.
async function develop(rows, page, service, cwd) {
  await page.context().clearCookies();
  const port = await freePort();
  const options = ['--host', '127.0.0.1', '--port', `${port}`, '--strictPort'];
  const server = await start('node', ['node_modules/vite/bin/vite.js', ...options], { cwd, env: { ...process.env, SERVICE: service } });
  try {
    server.stdout.resume();
    server.stderr.resume();
    await untilItAnswers(`http://127.0.0.1:${port}/index.html`);
    await visit(rows, 'vite, its development server', page, `http://127.0.0.1:${port}`);
  } finally {
    end(server);
  }
}

async function untilItAnswers(url) {
  for (const start = Date.now(); Date.now() - start < 30_000; ) {
    const answered = await fetch(url).then(({ ok }) => ok, () => false);
    if (answered) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`${url} does not answer within 30 s`);
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
