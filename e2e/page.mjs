// Drives the demo page in headless Chromium as a person would, and reports which rows held.
//
//   node page.mjs http://127.0.0.1:8000 [screenshot.png]      CHROMIUM=/path/to/chromium to use another

import { chromium } from 'playwright-core';

const [base, screenshot] = process.argv.slice(2);
if (!base) {
  console.error('usage: node page.mjs <base url> [screenshot.png]');
  process.exit(2);
}

let passed = 0;
let failed = 0;

function check(sentence, holds, seen) {
  if (holds) passed += 1;
  else failed += 1;
  console.log(`${holds ? 'ok' : 'not ok'} - ${sentence}${holds ? '' : ` (seen: ${JSON.stringify(seen)})`}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  // People's browsers have the back-forward cache.
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
  args: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
});
try {
  const context = await browser.newContext({ viewport: { width: 1000, height: 1100 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(base).origin) troubles.push(`${request.url()} is asked for`);
  });
  page.on('requestfailed', (request) => {
    // What is under way when the page is left is cancelled.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') troubles.push(`${request.url()} failed`);
  });

  // Presses a button and returns the response of the server, once the page shows it.
  async function press(button, path) {
    const [answer] = await Promise.all([
      page.waitForResponse((response) => new URL(response.url()).pathname === path),
      page.click(button),
    ]);
    const body = await answer.json();
    const wanted = [String(answer.status()), body.message ?? body.detail ?? ''];
    await page
      .waitForFunction(
        (words) => words.every((word) => document.querySelector('#answer').textContent.includes(word)),
        wanted,
        { timeout: 3_000 },
      )
      .catch(() => troubles.push(`#answer does not show ${wanted.join(' ')} after ${button}`));
    return { status: answer.status(), body, request: await answer.request().allHeaders() };
  }

  const cookie = async (name) => (await context.cookies(base)).find((one) => one.name === name);
  const seenByScript = () => page.evaluate(() => document.cookie);
  const text = (id) => page.textContent(id);

  const opened = await page.goto(base, { waitUntil: 'load' });
  check('the page opens', opened.status() === 200, opened.status());

  let answer = await press('#protected', '/protected');
  check('protected is shut before log-in', answer.status === 401, answer);

  await page.fill('#username', 'user1');
  await page.fill('#password', 'not the password');
  answer = await press('#log-in', '/login');
  check('a wrong password is refused', answer.status === 401, answer);
  check('a refused log-in sets no cookie', (await context.cookies(base)).length === 0, await context.cookies(base));

  await page.fill('#password', 'password1');
  let logIns = 0;
  page.on('request', (request) => { if (request.url().endsWith('/login')) logIns += 1; });
  const [loggedIn] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/login')),
    page.evaluate(() => { for (let click = 0; click < 2; click += 1) document.querySelector('#log-in').click(); }),
  ]);
  check('log in answers 200', loggedIn.status() === 200, loggedIn.status());
  await page.waitForFunction(() => document.querySelector('#who').textContent === 'You are user1.').catch(() => troubles.push('user1 is not shown'));
  check('a second click meanwhile begins no second session', logIns === 1, logIns);

  const tokens = ['access_token_cookie', 'refresh_token_cookie'];
  const csrf = ['csrf_access_token', 'csrf_refresh_token'];
  for (const name of tokens) {
    const set = await cookie(name);
    check(`${name} is set and HttpOnly`, set?.httpOnly === true, set);
    check(`${name} is hidden from script`, !(await seenByScript()).includes(name), await seenByScript());
    check(`the page lists ${name} as hidden`, (await text('#hidden-cookies')).includes(name), await text('#hidden-cookies'));
  }
  for (const name of csrf) {
    check(`${name} is open to script`, (await seenByScript()).includes(`${name}=`), await seenByScript());
    check(`the page lists ${name} as visible`, (await text('#visible-cookies')).includes(name), await text('#visible-cookies'));
  }
  const first = await cookie('access_token_cookie');
  const shown = await page.evaluate(() => document.documentElement.outerHTML);
  check('no token is written into the page', !shown.includes(first?.value ?? 'no cookie'), 'a token');

  answer = await press('#protected', '/protected');
  check('protected answers 200', answer.status === 200, answer);
  check('protected knows user1', answer.body.username === 'user1', answer.body);

  await page.fill('#title', 'New Post');
  answer = await press('#create-post', '/posts');
  check('create post answers 200', answer.status === 200, answer);
  const sent = answer.request['x-csrf-token'];
  check('create post sends the CSRF header', Boolean(sent) && sent === (await cookie('csrf_access_token'))?.value, sent);

  answer = await press('#refresh', '/refresh');
  check('refresh answers 200', answer.status === 200, answer);
  const second = await cookie('access_token_cookie');
  check('refresh brings another access token', Boolean(second?.value) && second.value !== first?.value, 'the same');

  answer = await press('#create-post', '/posts');
  check('create post answers 200 after the refresh', answer.status === 200, answer);

  // Another browser of the same user, which the first one logs out.
  const other = await browser.newContext();
  const elsewhere = await other.newPage();
  await elsewhere.goto(base, { waitUntil: 'load' });
  await elsewhere.fill('#username', 'user1');
  await elsewhere.fill('#password', 'password1');
  await Promise.all([elsewhere.waitForResponse((response) => response.url().endsWith('/login')), elsewhere.click('#log-in')]);
  const statusElsewhere = () => elsewhere.evaluate(async () => (await fetch('/protected')).status);
  check('another browser is in', (await statusElsewhere()) === 200, await statusElsewhere());
  await page.click('#list-sessions');
  await page.waitForFunction(() => document.querySelectorAll('#sessions tr').length === 2).catch(() => troubles.push('no two sessions are listed'));
  check('the page lists both, and knows this one', (await text('#sessions')).includes('this device'), await text('#sessions'));
  const listed = () => page.locator('#sessions tr').count();
  await page.route('**/sessions', (route) => route.fulfill({ status: 503, headers: { 'retry-after': '1' }, json: { code: 'store_unavailable' } }));
  await press('#protected', '/protected');
  await page.waitForTimeout(500);
  check('a store that is down leaves the list as it is', (await listed()) === 2, await listed());
  await page.unroute('**/sessions');
  const [revoked] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'DELETE'),
    page.click('#sessions button'),
  ]);
  check('the other session is revoked', revoked.status() === 200, revoked.status());
  check('the other browser is out with its next request', (await statusElsewhere()) === 401, await statusElsewhere());
  await other.close();

  // A page that was left open: its access token has expired, and its refresh token has not.
  await page.waitForFunction(() => document.querySelectorAll('#sessions tr').length === 1);
  await context.clearCookies({ name: 'access_token_cookie' });
  await page.reload({ waitUntil: 'load' });
  await page.waitForFunction(() => document.querySelectorAll('#sessions tr').length === 1).catch(() => troubles.push('no session is listed after a reload'));
  check('after a reload with an expired access token the sessions are listed', (await listed()) === 1, await listed());
  check('the access token was renewed for it', Boolean((await cookie('access_token_cookie'))?.value), 'none');

  // Another user logs in, in another tab.
  const stale = await context.newPage();
  await stale.goto(base, { waitUntil: 'load' });
  await stale.waitForFunction(() => document.querySelector('#who').textContent === 'You are user1.').catch(() => {});
  check('the page says who is logged in', (await stale.textContent('#who')) === 'You are user1.', await stale.textContent('#who'));
  await page.fill('#username', 'user2');
  await page.fill('#password', 'password2');
  await press('#log-in', '/login');
  await stale.click('#create-post');
  await stale.waitForFunction(() => document.querySelector('#answer').textContent.includes('Nothing was done')).catch(() => {});
  check('a tab that shows another user posts nothing as this one', (await stale.textContent('#answer')).includes('user2. Nothing was done'), await stale.textContent('#answer'));
  await stale.close();
  await page.fill('#username', 'user1');
  await page.fill('#password', 'password1');
  await press('#log-in', '/login');
  await page.waitForFunction(() => document.querySelector('#who').textContent === 'You are user1.').catch(() => troubles.push('user1 is not shown'));

  // The user, or the browser, has deleted the cookies that script can see; those of the tokens stay.
  for (const name of csrf) await context.clearCookies({ name });
  await page.reload({ waitUntil: 'load' });
  await page.waitForFunction(() => document.querySelectorAll('#sessions tr').length === 1).catch(() => troubles.push('no session is listed without the CSRF cookies'));
  answer = await press('#create-post', '/posts');
  check('without the CSRF cookies a post answers 200', answer.status === 200, answer);
  answer = await press('#refresh', '/refresh');
  check('without the CSRF cookies a refresh answers 200', answer.status === 200, answer);
  check('which sets the CSRF cookie again', Boolean((await cookie('csrf_access_token'))?.value), await seenByScript());
  for (const name of csrf) await context.clearCookies({ name });
  await page.reload({ waitUntil: 'load' });
  answer = await press('#log-out', '/logout');
  check('without the CSRF cookies a log-out answers 200', answer.status === 200, answer);
  check('and deletes the tokens', (await cookie('refresh_token_cookie')) === undefined, await cookie('refresh_token_cookie'));
  await press('#log-in', '/login');

  await page.route('**/protected', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<p>a proxy' }));
  await page.click('#protected');
  await page.waitForFunction(() => document.querySelector('#answer').textContent.includes('a proxy')).catch(() => {});
  check('an answer that is no JSON is shown', (await text('#answer')).includes('200'), await text('#answer'));
  await page.unroute('**/protected');

  // As behind `location /auth/ { proxy_pass http://127.0.0.1:8000/; }`.
  const below = await context.newPage();
  const outside = [];
  await below.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    if (!url.pathname.startsWith('/auth/')) {
      outside.push(url.pathname);
      return route.abort();
    }
    url.pathname = url.pathname.slice('/auth'.length);
    return route.fulfill({ response: await route.fetch({ url: url.href }) });
  });
  await below.goto(new URL('/auth/', base).href, { waitUntil: 'load' });
  await below.click('#protected');
  await below.waitForFunction(() => document.querySelector('#answer').textContent.includes('200')).catch(() => {});
  check('the page works below a prefix', (await below.textContent('#answer')).includes('user1'), await below.textContent('#answer'));
  check('and asks for nothing outside of it', outside.length === 0, outside);
  await below.close();

  if (screenshot) await page.screenshot({ path: screenshot, fullPage: true });

  answer = await press('#log-out', '/logout');
  check('log out answers 200', answer.status === 200, answer);
  const left = (await context.cookies(base)).map(({ name }) => name);
  check('no cookie is left but that of the known device', left.join() === 'device_access_token_cookie', left);
  answer = await press('#protected', '/protected');
  check('protected is shut after log-out', answer.status === 401, answer);

  // Another tab logs out, and the next user of the computer goes back to the page.
  await press('#log-in', '/login');
  await press('#protected', '/protected');
  check('the page shows who is logged in', (await text('#answer')).includes('user1'), await text('#answer'));
  await page.goto('about:blank');
  const tab = await context.newPage();
  await tab.goto(base, { waitUntil: 'load' });
  const [loggedOut] = await Promise.all([tab.waitForResponse((response) => response.url().endsWith('/logout')), tab.click('#log-out')]);
  check('another tab logs out', loggedOut.status() === 200, loggedOut.status());
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForSelector('#answer');
  check('the back button does not show who was logged in', !(await text('#answer')).includes('user1'), await text('#answer'));
  check('nothing went wrong in the page meanwhile', troubles.length === 0, troubles);
} catch (error) {
  check('the page can be driven to the end', false, error.message);
} finally {
  await browser.close();
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
