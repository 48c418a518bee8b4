// Two users of one browser, each in a tab; and React.

import { basename, join } from 'node:path';
import { logIn, logOut, open, request, shown, state, until } from '../application.mjs';

export default async function users({ browser, rows, dist, start }) {
  const { application } = await start();
  const context = await browser.newContext();
  const [first, second] = [await open(context, application), await open(context, application)];
  await logIn(first, 'user1');

  // Not by the client of the second tab, which would tell the first one.
  await second.evaluate(async () => {
    const body = JSON.stringify({ username: 'user2', password: 'password2' });
    await fetch('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  });
  const posts = application.count('/posts');
  const posted = await request(first, 'POST', '/posts', { title: 'not by user2' });
  rows.check('a page that was made for user1 does nothing as user2', posted === 'user_changed', posted);
  rows.check('and learns who is logged in', (await state(first)).subject === 'user2', await state(first));
  rows.check('the service has heard nothing of the post', application.count('/posts') === posts, application.calls);

  await logIn(second, 'user1');
  const isTold = await until(async () => (await shown(first)) === 'user1');
  rows.check('a log-in in one tab reaches the others', isTold, await state(first));

  application.serve('/react', 'text/html', '<main></main><script type="module" src="/react.js"></script>');
  application.serve('/react.js', 'text/javascript', await bundled(withReact(basename(dist)), dist));
  const react = await open(context, application, '/react');
  rows.check('React shows who is logged in', await until(async () => (await shown(react)) === 'user1'), await shown(react));
  await logOut(react);
  rows.check('and who is not', await until(async () => (await shown(react)) === ''), await shown(react));
  const left = await until(async () => (await state(first)).state === 'out');
  rows.check('a log-out in one tab reaches the others', left, await state(first));
}

// With StrictMode, which does everything twice.
const withReact = (name) => `
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from './${name}/index.js';
import { useSession } from './${name}/react.js';
const { access, refresh } = await (await fetch('/names')).json();
const client = createClient({ cookies: { access: access.csrf_cookie, refresh: refresh.csrf_cookie } });
const Who = () => createElement('p', { id: 'who' }, useSession(client).session?.subject);
createRoot(document.querySelector('main')).render(createElement(StrictMode, null, createElement(Who)));
await client.session();
window.client = client;
window.isReady = true;
`;

// Returns a module with all that it imports, by the packages of the client.
async function bundled(source, dist) {
  const { build } = await import(new URL('../../client/node_modules/esbuild/lib/main.js', import.meta.url));
  const stdin = { contents: source, resolveDir: join(dist, '..') };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', target: 'es2022', write: false });
  return outputFiles[0].text;
}
