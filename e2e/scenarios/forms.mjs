// Forms without script, with the CSRF value in a field: what other sites can do with them, and the example html-forms.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { means, outcome } from '../attack.mjs';
import { Visitor } from '../visitor.mjs';

export default async function forms({ browser, server, rows, binaries }) {
  await attacks({ browser, server, rows });
  await example({ browser, rows, binary: `${binaries}/html-forms` });
}

// A form of another site can have any field, and the attacker knows the CSRF value of a token for another account.
async function attacks({ browser, server, rows }) {
  const origin = server.origin('forms');
  const mallory = await server.logIn('forms', 'mallory');
  const victim = await Visitor.logIn(browser, origin, 'alice');
  const csrf = (await victim.cookie('csrf_access_token')).value;
  const form = async (from, path, fields) => outcome(server, await means['a form'](victim.page, from, origin + path, fields));
  const mismatch = { cookie: true, status: 403, code: 'csrf_mismatch', sets: 0 };
  const missing = { ...mismatch, code: 'missing_csrf_token' };
  const accepted = { cookie: true, status: 200, code: null };

  // A log-out deletes cookies, so there the sender is judged before the value.
  const foreign = { ...mismatch, code: 'cross_site_request' };
  for (const [path, without, withOwn] of [['/body/posts', missing, mismatch], ['/body/logout', foreign, foreign]]) {
    rows.same(`a sibling's form without the value is refused (${path})`, await form(server.evil, path), without);
    const own = await form(server.evil, path, { csrf_token: mallory.csrf });
    rows.same(`a sibling's form with the attacker's value is refused (${path})`, own, withOwn);
  }
  rows.same("the application's own form posts", await form(origin, '/body/posts', { csrf_token: csrf }), accepted);

  const planted = `refresh_token_cookie=${mallory.refresh}; Domain=example.test; Path=/; Secure`;
  await victim.page.goto(`${server.evil}/plant?${new URLSearchParams({ cookie: planted })}`);
  const forced = await form(server.evil, '/body/logout', { csrf_token: mallory.csrf });
  rows.same("with a planted token and its value a sibling's form deletes no cookie", forced, { cookie: true, sets: 0 });
  rows.same('and the victim is still in', await victim.whoAmI(), { status: 200, user: 'alice' });
  await victim.leave();
}

// As a person with a browser in which script is disabled.
async function example({ browser, rows, binary }) {
  const { child, base } = await start(binary);
  const context = await browser.newContext({ javaScriptEnabled: false });
  try {
    const page = await context.newPage();
    const text = () => page.textContent('main');
    const submit = (name, at = page) => Promise.all([at.waitForNavigation(), at.click(`button:text-is("${name}")`)]);
    const logIn = async (password, at = page) => {
      await at.fill('[name=name]', 'user1');
      await at.fill('[name=password]', password);
      const [answer] = await submit('Log in', at);
      return answer.status();
    };

    await page.goto(`${base}/posts?page=2`);
    rows.check('whoever is not logged in is sent to log in', new URL(page.url()).pathname === '/log-in', page.url());
    const refused = await logIn('not the password');
    rows.check('a wrong password is refused in words', refused === 403 && (await text()).includes('password is wrong'), await text());
    rows.check('and sets no cookie', (await context.cookies()).length === 0, await context.cookies());
    await logIn('password1');
    rows.check('log-in leads back to the page that was asked for', page.url() === `${base}/posts?page=2`, page.url());

    await page.fill('[name=title]', 'A <b>bold</b> post');
    await page.check('[value=rust]');
    await page.setInputFiles('[name=file]', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
    await submit('Post');
    const posted = 'A <b>bold</b> post, by user1 #rust (notes.txt, 5 bytes)';
    const listed = () => page.locator('ul li').allInnerTexts();
    rows.check('a form with a file is posted', JSON.stringify(await listed()) === JSON.stringify([posted]), await listed());
    await page.reload();
    rows.check('to reload posts nothing again', (await listed()).length === 1, await listed());

    // A page from before another log-in: its CSRF value is that of a session that has ended.
    const other = await context.newPage();
    await other.goto(`${base}/posts`);
    await submit('Log out', other);
    rows.check('log-out leads to the log-in', new URL(other.url()).pathname === '/log-in', other.url());
    rows.check('and leaves no cookie', (await context.cookies()).length === 0, await context.cookies());
    await logIn('password1', other);
    await page.fill('[name=title]', 'Too late');
    const [late] = await submit('Post');
    const said = (await text()).includes('did not come from a page of this log-in');
    rows.check('a form of a former log-in is refused in words', late.status() === 403 && said, [late.status(), await text()]);
    await page.click('text=To the posts');
    rows.check('and was not posted', (await listed()).length === 1, await listed());

    await submit('Log out');
    await page.goto(`${base}/posts`);
    rows.check('after log-out the posts are shut', new URL(page.url()).pathname === '/log-in', page.url());
  } finally {
    await context.close();
    child.kill('SIGTERM');
  }
}

async function start(binary) {
  const env = { ...process.env, PORT: '0', JWT_SECRET_KEY: randomBytes(32).toString('hex') };
  const child = spawn(binary, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`${binary} has ended`)));
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed]);
  failed.catch(() => {}); // it ends when it is told to
  return { child, base: line.replace(/.*127\.0\.0\.1/, 'http://localhost') };
}
