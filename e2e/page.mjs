// Drives the page of the binary in headless Chromium as a person would, and reports which rows held.
//
//   node page.mjs <the program handstamp> [a folder for screenshots]      CHROMIUM=/path/to/chromium to use another

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Rows } from './rows.mjs';
import { Service } from './service.mjs';

const [program, screenshots] = process.argv.slice(2);
if (!program) {
  console.error('usage: node page.mjs <the program handstamp> [a folder for screenshots]');
  process.exit(2);
}

const rows = new Rows();
const axe = await readFile(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const services = [];

// Starts the program with a home of its own, and users. Returns its address.
async function serve(users = []) {
  const service = await Service.create(program);
  services.push(service);
  for (const [user, password] of users) await service.add(user, password);
  // The names of its cookies are those without a port.
  await service.start({ HANDSTAMP_REFRESH_GRACE: '1s', HANDSTAMP_COOKIE_SUFFIX: '' });
  return service.base;
}

// A tab, with what went wrong in it.
async function open(context, base) {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(error.stack));
  page.on('console', (message) => {
    // The browser itself says which answers were refusals; a policy that was violated is something else.
    const isRefusal = /the server responded with a status of 4|ERR_FAILED/.test(message.text());
    if (message.type() === 'error' && !isRefusal) page.troubles.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(base).origin) page.troubles.push(`${request.url()} is asked for`);
  });
  page.on('response', (response) => {
    if (response.status() === 404) page.troubles.push(`${response.url()} is not there`);
  });
  await page.goto(base);
  await page.waitForFunction(() => document.querySelector('#who').textContent.endsWith('.'));
  return page;
}

const text = (page, selector) => page.textContent(selector);
const until = (page, selector, part) => page
  .waitForFunction(([selector, part]) => document.querySelector(selector)?.textContent.includes(part), [selector, part])
  .then(() => true, () => false);
const isYou = (page, name) => until(page, '#who', `You are ${name}.`);

// Presses a button, and returns what the page shows of the answer.
async function press(page, button, timeout = 10_000) {
  await page.click(button);
  await page.waitForFunction(() => document.body.ariaBusy !== 'true', null, { timeout });
  return page.evaluate(() => ({
    badge: document.querySelector('#badge').textContent,
    message: document.querySelector('#message').textContent,
    explanation: document.querySelector('#explanation').textContent,
    way: [...document.querySelectorAll('#way li')].map(({ dataset }) => dataset.outcome),
  }));
}

async function logIn(page, username, password = username.replace('user', 'password')) {
  await page.fill('#username', username);
  await page.fill('#password', password);
  return press(page, '#log-in');
}

const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);

async function accessible(sentence, page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  rows.check(sentence, found.length === 0, found);
}

async function shoot(page, name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  // People's browsers have the back-forward cache.
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
  args: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
});

async function demo() {
  const base = await serve();
  const names = await (await fetch(`${base}/names`)).json();
  const context = await browser.newContext({ viewport: { width: 1150, height: 900 }, reducedMotion: 'reduce' });
  const page = await open(context, base);
  const cookie = async (name) => (await context.cookies(base)).find((one) => one.name === name);
  const seenByScript = () => page.evaluate(() => document.cookie);
  const check = (...row) => rows.check(...row);
  let sent;
  page.on('request', async (request) => {
    if (new URL(request.url()).pathname === '/posts') sent = request.headers()[names.access.csrf_header.toLowerCase()];
  });

  check('a visitor is out', await until(page, '#who', 'You are not logged in.'), await text(page, '#who'));
  check('and is offered the demo users', await page.isVisible('.pick'), await text(page, 'main'));
  check('and no log-out, no devices', !(await page.isVisible('#log-out')) && !(await page.isVisible('#own')), 'seen');
  await accessible('axe finds nothing before the log-in', page);
  let answer = await press(page, '#protected');
  check('a protected page is shut before log-in', answer.badge === '401 missing_token', answer);
  check('for want of a token', answer.way.join() === 'refused,unreached,unreached,unreached,unreached,unreached', answer);

  answer = await logIn(page, 'user1', 'not the password');
  check('a wrong password is refused', answer.badge.startsWith('401'), answer);
  check('and what was typed stays', (await page.inputValue('#username')) === 'user1', await page.inputValue('#username'));
  check('a refused log-in sets no cookie', (await context.cookies(base)).length === 0, await context.cookies(base));
  let logIns = 0;
  page.on('request', (request) => { if (request.url().endsWith('/login')) logIns += 1; });
  await page.fill('#username', 'user1');
  await page.fill('#password', 'password1');
  await page.evaluate(() => { for (let click = 0; click < 2; click += 1) document.querySelector('#log-in').click(); });
  check('a log-in is shown', await isYou(page, 'user1'), await text(page, '#who'));
  check('and has the focus, as its form is gone', (await focused(page)) === 'who', await focused(page));
  check('a second click meanwhile begins no second session', logIns === 1, logIns);

  for (const name of [names.access.cookie, names.refresh.cookie]) {
    const set = await cookie(name);
    check(`${name} is set and HttpOnly`, set?.httpOnly === true && set.expires === -1, set);
    check(`${name} is hidden from script`, !(await seenByScript()).includes(name), await seenByScript());
  }
  for (const name of [names.access.csrf_cookie, names.refresh.csrf_cookie]) {
    check(`the page lists ${name} as open to script`, await until(page, '#visible-cookies', name), await seenByScript());
  }
  const first = await cookie(names.access.cookie);
  const shown = await page.evaluate(() => document.documentElement.outerHTML);
  check('no token is written into the page', !shown.includes(first?.value ?? 'no cookie'), 'a token');

  answer = await press(page, '#protected');
  check('a protected page is open', answer.badge === '200 OK' && answer.message === 'Access granted', answer);
  check('and its way has no CSRF value', answer.way.join() === 'passed,skipped,passed,skipped,passed,passed', answer);
  answer = await press(page, '#create-post');
  check('a post is made', answer.message === 'Post created', answer);
  check('with the CSRF value of the cookie', sent === (await cookie(names.access.csrf_cookie))?.value, sent);
  check('and its way has one', answer.way.join() === 'passed,skipped,passed,passed,passed,passed', answer);
  const way = await text(page, '#way');
  check('which says so', way.includes('CSRF value: passedthe header repeats the value that is in the token'), way);
  check('and has marks', way.startsWith('✓') && way.includes('–Who sent it: not needed'), way);
  check('the focus stays on the button', (await focused(page)) === 'create-post', await focused(page));
  await page.click('#sent summary');
  check('the page shows what the browser sent', await until(page, '#sent-list', names.access.cookie), await text(page, '#sent'));
  check('and its headers', await until(page, '#sent-list', `sec-fetch-sitesame-origin`), await text(page, '#sent'));
  answer = await press(page, '#refresh');
  const second = await cookie(names.access.cookie);
  check('a refresh brings another access token', Boolean(second?.value) && second.value !== first.value, answer);

  const left = () => text(page, '#tokens .left');
  check('the claims are shown', await until(page, '#tokens', '"user1"'), await text(page, '#tokens'));
  const before = await left();
  check('with the time that is left', /^00:1[45]:\d\d left$/.test(before), before);
  check('and what they mean', await until(page, '#tokens', '"user1"who is logged in'), await text(page, '#tokens'));
  check('and their time runs', await page.waitForFunction((before) => document.querySelector('#tokens .left').textContent !== before, before).then(() => true, () => false), before);
  await accessible('axe finds nothing after the log-in', page);
  await shoot(page, 'light');

  // Another browser of the same user, which the first one logs out.
  const other = await browser.newContext({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1' });
  const elsewhere = await open(other, base);
  await logIn(elsewhere, 'user1');
  const statusElsewhere = () => elsewhere.evaluate(async () => (await fetch('/protected')).status);
  check('another browser is in', (await statusElsewhere()) === 200, await statusElsewhere());
  await page.reload();
  check('it is listed by a readable name', await until(page, '#sessions', 'Safari on an iPhonelast active just now'), await text(page, '#sessions'));
  check('next to this one', await until(page, '#sessions', 'this device'), await text(page, '#sessions'));
  await page.route('**/sessions', (route) => route.fulfill({ status: 503, headers: { 'retry-after': '1' }, json: { code: 'store_unavailable' } }));
  await press(page, '#revoke-others');
  check('a store that is down leaves the list as it is', (await page.locator('#sessions li').count()) === 2, await text(page, '#sessions'));
  check('and the page says so', await until(page, '#no-sessions', 'may be old'), await text(page, '#no-sessions'));
  await page.unroute('**/sessions');
  check('all others are out with their next request', (await statusElsewhere()) === 401, await statusElsewhere());
  await elsewhere.reload();
  await until(elsewhere, '#who', 'not logged in');
  await logIn(elsewhere, 'user1');
  await page.reload();
  answer = await press(page, '[aria-label="Log out Safari on an iPhone"]');
  check('one device is logged out', answer.message === 'Session revoked', answer);
  check('and is out with its next request', (await statusElsewhere()) === 401, await statusElsewhere());
  check('and listed no more', await until(page, '#sessions', 'this device') && (await page.locator('#sessions li').count()) === 1, await text(page, '#sessions'));
  await other.close();

  // A page that was left open: its access token has expired, and its refresh token has not.
  await context.clearCookies({ name: names.access.cookie });
  await page.reload();
  check('after a reload with an expired access token the user is in', await isYou(page, 'user1'), await text(page, '#who'));
  check('and the devices are listed', await until(page, '#sessions', 'this device'), await text(page, '#sessions'));
  await context.clearCookies({ name: names.access.cookie });
  answer = await press(page, '#protected');
  check('an expired access token is refreshed', answer.badge === '200 OK', answer);
  check('and the page tells of the three requests', (await text(page, '#trail')).includes('3 requests'), await text(page, '#trail'));

  const attack = (name) => press(page, `[aria-label^="Try: ${name}"]`, 45_000);
  for (const [name, badge, check, why] of [
    ['Post without', '403 missing_csrf_token', 3, 'the other site cannot read it'],
    ['Post with a wrong', '403 csrf_mismatch', 3, 'compared with the value inside the signed token'],
    ['Write another name', '401 invalid_signature', 2, 'takes the key of the service'],
    ['Use a copy', '401 refresh_reused', 4, 'The session has ended for both'],
    ['Act as you', 'user_changed', -1, 'the session is another one'],
    ['Revoke this', '401 session_ended', 4, 'the store is asked for its session'],
  ]) {
    if (!(await page.isVisible('#log-out'))) await logIn(page, 'user1');
    // An access token that has expired would be refused for that.
    await context.clearCookies({ name: names.access.cookie });
    answer = await attack(name);
    rows.check(`"${name}" is refused: ${badge}`, answer.badge === badge, answer);
    rows.check(`"${name}" is refused by the check that lights up`, answer.way.indexOf('refused') === check, answer);
    rows.check(`"${name}" is explained`, answer.explanation.includes(why), answer);
    if (name === 'Write another name') {
      await accessible('axe finds nothing after a refusal', page);
      await shoot(page, 'refused');
      await page.emulateMedia({ colorScheme: 'dark' });
      await accessible('axe finds nothing in the dark', page);
      await shoot(page, 'dark');
      await page.emulateMedia({ colorScheme: 'light' });
    }
    if (name === 'Act as you') rows.check('the page shows the other user', await isYou(page, 'user2'), await text(page, '#who'));
    if (name === 'Use a copy' || name === 'Revoke this') rows.check(`"${name}" ends the session`, await until(page, '#who', 'not logged in'), await text(page, '#who'));
  }
  await logIn(page, 'user1');
  await page.route('**/posts', (route) => route.abort());
  answer = await attack('Post without');
  check('an attack that did not arrive is not explained by what it shows', answer.explanation === 'This was refused for another reason.', answer);
  await page.unroute('**/posts');

  // Another user logs in, in another tab.
  const stale = await open(context, base);
  check('a second tab is in', await isYou(stale, 'user1'), await text(stale, '#who'));
  await press(page, '#log-out');
  await logIn(page, 'user2');
  answer = await press(stale, '#create-post');
  check('a tab of user1 shows user2, or posts nothing', answer.badge === 'user_changed' || (await isYou(stale, 'user2')), answer);
  check('and shows who is logged in', await isYou(stale, 'user2'), await text(stale, '#who'));
  answer = await press(stale, '#create-post');
  await stale.fill('#title', 'typed by user2');
  await stale.waitForTimeout(2100);
  await press(page, '#log-out');
  await until(stale, '#who', 'not logged in');
  await logIn(page, 'user1');
  await isYou(stale, 'user1');
  check('what one user was told is not for another', (await text(stale, '#message')) === 'Nothing was asked yet.', await text(stale, '#message'));
  check('nor what was sent', !(await text(stale, '#sent-list')).includes('csrf'), await text(stale, '#sent-list'));
  check('nor what was typed', (await stale.inputValue('#title')) === 'New post', await stale.inputValue('#title'));
  check('the claims are those of the new user', await until(stale, '#tokens', '"user1"'), await text(stale, '#tokens'));
  await press(page, '#log-out');
  await logIn(page, 'user2');
  await stale.close();

  // The user, or the browser, has deleted the cookies that script can see; those of the tokens stay.
  const forgetCsrf = async () => {
    for (const { csrf_cookie: name } of [names.access, names.refresh]) await context.clearCookies({ name });
    await page.reload();
    await isYou(page, 'user2');
  };
  await forgetCsrf();
  answer = await press(page, '#create-post');
  check('without the CSRF cookies a post is made', answer.badge === '200 OK', answer);
  answer = await press(page, '#refresh');
  check('without them a refresh is answered', answer.badge === '200 OK', answer);
  check('which sets the CSRF cookie again', Boolean((await cookie(names.access.csrf_cookie))?.value), await seenByScript());
  await forgetCsrf();
  answer = await press(page, '#log-out');
  check('without the CSRF cookies a log-out is answered', answer.badge === '200 OK', answer);
  check('and deletes the tokens', (await cookie(names.refresh.cookie)) === undefined, await cookie(names.refresh.cookie));

  await page.route('**/protected', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<p>a proxy' }));
  answer = await press(page, '#protected');
  check('an answer that is no JSON is shown as text', answer.message === '<p>a proxy', answer);
  await page.unroute('**/protected');
  await page.route('**/protected', (route) => route.abort());
  answer = await press(page, '#protected');
  check('no answer is said to be none', answer.badge === 'failed', answer);
  await page.unroute('**/protected');

  // A page that is opened while the service is away.
  for (const path of ['names', 'session']) {
    const early = await context.newPage();
    let asked = 0;
    await early.route(`**/${path}`, (route) => {
      asked += 1;
      return asked === 1 ? route.abort() : route.continue();
    });
    await early.goto(base);
    check(`a page whose first question for ${path} gets no answer asks again`, await until(early, '#who', 'You are not logged in.'), await text(early, '#who'));
    await early.close();
  }

  // A name is what a client said.
  const hostile = await browser.newContext({ userAgent: '<img src=x onerror="document.title=1">' });
  await logIn(await open(hostile, base), 'user2');
  await logIn(page, 'user2');
  check('the name of a device is shown as text', await until(page, '#sessions', '<img src=x'), await text(page, '#sessions'));
  await hostile.close();
  await press(page, '#log-out');

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
  await below.goto(new URL('/auth/', base).href);
  await logIn(below, 'user1');
  answer = await press(below, '#create-post');
  check('the page works below a prefix', answer.badge === '200 OK', answer);
  check('and asks for nothing outside of it', outside.length === 0, outside);
  await below.close();
  await context.clearCookies();

  // Only with the keys, from the top of the page.
  await page.reload();
  await until(page, '#who', 'not logged in');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  check('the first key reaches a demo user, and Enter logs in', await isYou(page, 'user1'), await text(page, '#who'));
  const reached = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement.id || document.activeElement.ariaLabel || document.activeElement.tagName));
  }
  const wanted = ['log-out', 'protected', 'title', 'create-post', 'refresh', 'revoke-others', 'SUMMARY'];
  check('the keys reach everything', wanted.every((id) => reached.includes(id)) && reached.some((id) => id.startsWith('Try')), reached);

  for (const width of [320, 390]) {
    await page.setViewportSize({ width, height: 780 });
    const covered = [];
    await page.focus('#log-out');
    for (let presses = 0; presses < 16; presses += 1) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        const { left, top, width, height } = document.activeElement.getBoundingClientRect();
        const seen = document.elementFromPoint(left + width / 2, top + height / 2);
        return document.activeElement.contains(seen) ? null : document.activeElement.outerHTML;
      });
      if (name) covered.push(name);
    }
    check(`what the keys reach on a screen ${width} wide is not covered`, covered.length === 0, covered);
    for (const [what, button] of [['a success', '#protected'], ['a refusal', '[aria-label^="Try: Post without"]']]) {
      answer = await press(page, button);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      check(`a screen ${width} wide needs no sideways scrolling with ${what}`, wide <= 0, wide);
      const isSeen = (id) => page.evaluate((id) => {
        const { top, bottom } = document.querySelector(id).getBoundingClientRect();
        return top >= 0 && bottom <= window.innerHeight;
      }, id);
      check(`and shows ${what} where it is, and who is logged in`, (await isSeen('#message')) && (await isSeen('#who')), answer);
    }
    await accessible(`axe finds nothing on a screen ${width} wide`, page);
  }
  await shoot(page, 'phone');
  await page.setViewportSize({ width: 1150, height: 900 });

  answer = await press(page, '#log-out');
  check('a log-out is answered', answer.badge === '200 OK', answer);
  const kept = (await context.cookies(base)).map(({ name }) => name).filter((name) => !/^(device|copied)_/.test(name));
  check('no cookie is left but that of the known device', kept.length === 0, kept);

  // Another tab logs out, and the next user of the computer goes back to the page.
  await logIn(page, 'user1');
  await isYou(page, 'user1');
  await page.goto('about:blank');
  const tab = await open(context, base);
  await press(tab, '#log-out');
  await page.goBack();
  await page.waitForSelector('#who');
  check('the back button does not show who was logged in', await until(page, '#who', 'not logged in'), await text(page, '#who'));
  check('nor his devices', (await page.locator('#sessions li').count()) === 0, await text(page, '#sessions'));
  const troubles = [...page.troubles.filter((trouble) => !trouble.includes('503')), ...tab.troubles];
  check('nothing went wrong in the page meanwhile', troubles.length === 0, troubles);
  await context.close();
}

async function realUsers() {
  const base = await serve([['alice', 'correct horse'], ['bob', 'battery staple']]);
  const check = (...row) => rows.check(...row);
  const context = await browser.newContext({ viewport: { width: 1000, height: 900 } });
  const page = await open(context, base);
  check('with real users no demo users are offered', !(await page.isVisible('.pick')), await text(page, 'main'));
  check('and the way of a request is not shown', !(await page.isVisible('#way')) && !(await page.isVisible('#use')), 'seen');
  await accessible('axe finds nothing in the log-in page', page);
  const told = await page.evaluate(async () => {
    const ask = (path, method = 'GET') => fetch(path, { method, headers: { 'X-Handstamp-Demo': '1' } });
    const answers = [await ask('protected'), await ask('demo/claims'), await ask('demo/page.js'), await ask('demo/forge', 'POST')];
    return answers.map(({ status, headers }) => [status, headers.get('X-Handstamp-Demo')]);
  });
  check('whoever asks what the checks said is told nothing', JSON.stringify(told) === '[[401,null],[404,null],[404,null],[404,null]]', told);
  page.troubles.length = 0;
  const files = await page.evaluate(async () => (await (await fetch('.')).text()) + (await (await fetch('page.js')).text()));
  check('the page does not name the demo users', !/user1|password1/.test(files), 'named');

  await page.check('#remember');
  await logIn(page, 'alice', 'correct horse');
  check('a user logs in', await isYou(page, 'alice'), await text(page, '#who'));
  const isKept = async () => (await context.cookies(base)).some(({ name, expires }) => name.startsWith('refresh_') && expires > 0);
  check('and stays logged in when the browser is closed', await isKept(), await context.cookies(base));
  await shoot(page, 'devices');
  await accessible('axe finds nothing in the page of a user', page);
  const other = await browser.newContext();
  const elsewhere = await open(other, base);
  await logIn(elsewhere, 'alice', 'correct horse');

  const change = async (current, next) => {
    await page.fill('#current', current);
    await page.fill('#new', next);
    return press(page, '#change-password');
  };
  let answer = await change('wrong', 'tomorrow never knows');
  check('a wrong current password changes nothing', answer.badge.startsWith('403') && answer.message.includes('Nothing was changed'), answer);
  check('and logs no one out', await isYou(page, 'alice'), await text(page, '#who'));
  await page.check('#remember-new');
  answer = await change('correct horse', 'tomorrow never knows');
  check('the right one changes it', answer.badge.startsWith('200') && answer.message.startsWith('The password was changed'), answer);
  check('and the passwords that were typed are gone', (await page.inputValue('#current')) + (await page.inputValue('#new')) === '', 'typed');
  check('and the page stays logged in', await isYou(page, 'alice'), await text(page, '#who'));
  check('for longer than the browser is open', await isKept(), await context.cookies(base));
  answer = await press(page, '#revoke-others');
  check('with the new session', answer.badge.startsWith('200'), answer);
  const status = await elsewhere.evaluate(async () => (await fetch('/protected')).status);
  check('every other browser is out', status === 401, status);
  await press(page, '#log-out');
  answer = await logIn(page, 'alice', 'correct horse');
  check('the former password is none any more', answer.badge.startsWith('401'), answer);
  await page.check('#remember');
  await logIn(page, 'alice', 'tomorrow never knows');
  check('the new one is', await isYou(page, 'alice'), await text(page, '#who'));
  await page.fill('#current', 'tomorrow never knows');
  await page.fill('#new', 'I am the walrus');
  await press(page, '#log-out');
  for (const id of ['username', 'password', 'current', 'new']) {
    check(`after a log-out ${id} is empty`, (await page.inputValue(`#${id}`)) === '', await page.inputValue(`#${id}`));
  }
  check('and no one is to stay logged in', !(await page.isChecked('#remember')), 'checked');
  await logIn(page, 'bob', 'battery staple');
  check('that of another user is as it was', await isYou(page, 'bob'), await text(page, '#who'));
  check('nothing went wrong in the page of the service', page.troubles.length === 0, page.troubles);
  await other.close();
  await context.close();
}

try {
  await demo();
  await realUsers();
} catch (error) {
  rows.check('the page can be driven to the end', false, error.stack);
} finally {
  await browser.close();
}
for (const service of services) {
  const status = await service.stop();
  rows.check('SIGTERM ends the service with status 0', status === 0, status);
  await service.remove();
}
process.exit(rows.end());
