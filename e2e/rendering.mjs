// Drives a server that renders pages with handstamp/server, in headless Chromium and against the binary, and reports
// which rows held.
//
//   node rendering.mjs <the program handstamp> <the folder with the built client>
//
// CHROMIUM=/path/to/chromium to use another.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Rows } from './rows.mjs';
import { freePort, Service } from './service.mjs';

const [program, dist] = process.argv.slice(2);
if (!dist) {
  console.error('usage: node rendering.mjs <the program handstamp> <the folder with the built client>');
  process.exit(2);
}

// How long an access token lasts, and how long the former refresh token is accepted, in seconds.
const LIFE = 3;
const GRACE = 2;
const expired = () => pause(LIFE * 1000 + 500);
const afterGrace = () => pause(GRACE * 1000 + 500);

const port = await freePort();
const origin = `http://127.0.0.1:${port}`;
// The same server by another name is another site, without the cookies of the first.
const elsewhere = `http://localhost:${port}/elsewhere`;

async function startRenderer(base) {
  const path = fileURLToPath(new URL('renderer.mjs', import.meta.url));
  const child = spawn(process.execPath, [path, port, base, resolve(dist)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

const said = async (page) => JSON.parse(await page.textContent('pre'));

async function open(page, path) {
  await page.goto(origin + path);
  return said(page);
}

// Follows a link, or sends a form.
async function follow(page, selector) {
  const left = page.waitForNavigation();
  await page.evaluate((selector) => {
    const element = document.querySelector(selector);
    if (element instanceof HTMLFormElement) element.submit();
    else element.click();
  }, selector);
  await left;
  return said(page);
}

async function logIn(page, user) {
  await page.goto(`${origin}/elsewhere`);
  await page.fill('[name=username]', user);
  await page.fill('[name=password]', `password of ${user}`);
  return follow(page, '#login');
}

const cookiesOf = (page) => page.context().cookies(origin);
const claims = ({ value }) => JSON.parse(Buffer.from(value.split('.')[1], 'base64url'));

async function tokens(page) {
  const cookies = await cookiesOf(page);
  const of = (start) => claims(cookies.find(({ name }) => name.startsWith(start)));
  return { access: of('access_token_cookie'), refresh: of('refresh_token_cookie') };
}

// Logs in from this address of the machine, with a forged header, and returns the lines of Set-Cookie.
async function logInFrom(localAddress, user) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': '192.0.2.66' };
  const sent = request(`${origin}/login`, { method: 'POST', headers, localAddress, agent: false });
  sent.end(new URLSearchParams({ username: user, password: `password of ${user}` }).toString());
  const [response] = await once(sent, 'response');
  response.resume();
  return response.headers['set-cookie'];
}

const rows = new Rows();
const service = await Service.create(program);
const settings = {
  JWT_ACCESS_TOKEN_EXPIRES: `${LIFE}`,
  HANDSTAMP_REFRESH_GRACE: `${GRACE}s`,
  JWT_COOKIE_SECURE: 'false',
};
const start = (more = {}) => service.start({ ...settings, ...more }, ['--trusted-proxy', '127.0.0.1']);
let renderer;
let browser;
try {
  for (const user of ['user1', 'user2']) await service.add(user, `password of ${user}`);
  await start({ HANDSTAMP_PUBLIC_ORIGIN: origin });
  renderer = await startRenderer(service.base);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
  });
  const visitor = async () => {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(10_000);
    return page;
  };
  const [first, second] = [await visitor(), await visitor()];
  const all = [200, 200, 200];

  let page = await open(first, '/');
  rows.same('a stranger is rendered as one', page, { subject: null, statuses: [200, 401, 401] });
  rows.check('and gets no cookie', (await cookiesOf(first)).length === 0, await cookiesOf(first));
  page = await logIn(first, 'user1');
  rows.check('a form of the page logs in', page.login === 200, page);
  const names = (await cookiesOf(first)).map(({ name }) => name);
  rows.check('all five cookies of a log-in reach the browser', names.length === 5, names);
  page = await open(first, '/');
  rows.same('the page shows who is logged in', page, { subject: 'user1', username: 'user1', statuses: all });
  rows.same('a form of the page posts', await follow(first, '#like'), { post: 200, user: 'user1' });

  await logIn(second, 'user2');
  const before = { first: await tokens(first), second: await tokens(second) };
  await expired();
  const holding = open(first, '/held');
  page = await open(second, '/');
  const [user1, user2] = ['user1', 'user2'].map((user) => ({
    subject: user,
    username: user,
    statuses: all,
    refreshes: 1,
  }));
  rows.same('while the page of user1 is being made, user2 gets one, by one refresh for three calls', page, user2);
  await second.goto(`${origin}/release`);
  page = await holding;
  rows.same('and then user1', page, user1);
  rows.check('who was user1 before as well', page.before.subject === 'user1' && page.before.username === 'user1', page);
  const after = { first: await tokens(first), second: await tokens(second) };
  for (const [name, user] of [['first', 'user1'], ['second', 'user2']]) {
    const { access, refresh } = after[name];
    rows.check(`the new tokens of ${user} are of ${user}`, access.sub === user && refresh.sub === user, after[name]);
    const isNew = access.jti !== before[name].access.jti && refresh.jti !== before[name].refresh.jti;
    rows.check('and both have reached the browser', isNew, { before: before[name], after: after[name] });
  }

  await first.goto(elsewhere);
  page = await follow(first, '#foreign');
  const refused = { post: 403, code: 'cross_site_request', subject: 'user1' };
  rows.same('a page that posts does not when a link of another site leads to it, with all cookies', page, refused);
  page = await open(first, '/like');
  const unproven = { post: 403, code: 'missing_csrf_token', subject: 'user1' };
  rows.same('nor for the address bar, or a link in a mail', page, unproven);
  await open(first, '/');
  rows.same('and does for a link of its own', await follow(first, '[href="/like"]'), { post: 200, user: 'user1' });
  await first.goto(elsewhere);
  page = await follow(first, '#like');
  rows.same('a form of another site posts nothing', page, { subject: null, code: 'missing_token' });
  await first.goto(elsewhere);
  await first.fill('[name=username]', 'user2');
  await first.fill('[name=password]', 'password of user2');
  await first.evaluate((action) => document.querySelector('#login').setAttribute('action', action), `${origin}/login`);
  page = await follow(first, '#login');
  rows.same('a form of another site logs no one in', page, { login: 403, code: 'cross_site_request' });

  await expired();
  await first.goto(elsewhere);
  page = await follow(first, '#own');
  rows.same('a link of another site finds user1 logged in, after a refresh', page, { subject: 'user1', statuses: all });

  let generation = (await tokens(first)).refresh.gen;
  await expired();
  page = await open(first, '/lost');
  rows.same('a page whose answer is lost was made', page, { subject: 'user1', statuses: all });
  rows.check('and no cookie of it arrived', (await tokens(first)).refresh.gen === generation, await tokens(first));
  page = await open(first, '/');
  rows.same('the next page within the grace window has user1 logged in', page, { subject: 'user1', statuses: all });
  const renewed = (await tokens(first)).refresh.gen;
  rows.check('with the tokens that were lost', renewed === generation + 1, [generation, renewed]);

  await expired();
  generation = renewed;
  page = await open(first, '/sent');
  rows.same('a page that can set no cookies refreshes nothing', page, { statuses: [401, 401, 401], refreshes: 0 });
  await expired();
  page = await open(first, '/meanwhile');
  rows.same('nor does one use new tokens that come too late', page, { statuses: [401, 401, 401], refreshes: 1 });
  await afterGrace();
  page = await open(first, '/');
  rows.same('after which user1 is logged in, even after the grace window', page, { subject: 'user1', statuses: all });
  const late = (await tokens(first)).refresh.gen;
  rows.check('with the tokens that were not handed on', late === generation + 1, [generation, late]);

  await expired();
  await open(first, '/lost');
  await afterGrace();
  page = await open(first, '/');
  rows.same('tokens that a page USED and that were lost, later than the grace window: user1 IS logged out', page, {
    statuses: [401, 401, 401],
  });

  const lines = await logInFrom('127.0.0.9', 'user2');
  const cookie = lines.map((line) => line.split(';')[0]).join('; ');
  const { sessions } = await (await fetch(`${service.base}/sessions`, { headers: { cookie } })).json();
  const { address } = sessions.find((session) => session.this_device);
  rows.check('the service counts the address of the peer, not one that it names', address === '127.0.0.9', address);

  await service.stop();
  await start();
  await logIn(first, 'user1');
  await first.goto(elsewhere);
  page = await follow(first, '#foreign');
  rows.same('without a public origin another site makes no page post either', page, { post: 403, subject: 'user1' });
  rows.same('and a form of the page does', await follow(first, '#like'), { post: 200, user: 'user1' });

  await expired();
  await open(first, '/');
  const ended = once(renderer, 'exit');
  renderer.kill('SIGTERM');
  await browser.close();
  const exit = await Promise.race([ended, pause(3_000)]);
  rows.check('the process ends by itself when its server is closed', exit?.[0] === 0, exit);
} catch (error) {
  rows.check('the scenario runs to its end', false, error.stack);
} finally {
  await browser?.close();
  renderer?.kill('SIGKILL');
  await service.remove();
}
process.exit(rows.end());
