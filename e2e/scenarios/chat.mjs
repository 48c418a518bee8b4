// The page of the example websocket, in ordinary life: tokens expire, the server goes away, its store is down, the session
// ends, and there are two tabs.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Proxy } from '../proxy.mjs';

export default async function chat({ browser, rows, binaries }) {
  const proxy = await Proxy.start();
  const origin = `http://localhost:${proxy.port}`;
  const secret = randomBytes(32).toString('hex');
  const start = async () => {
    const child = await startServer(`${binaries}/websocket`, secret, origin);
    proxy.lead(child.base);
    return child;
  };
  let server = await start();
  const context = await browser.newContext();
  try {
    const page = await open(context, origin);
    await logIn(page);
    rows.check('the page opens a socket after the log-in', await isConnected(page, 1), await log(page));

    rows.check('a token that expires is refreshed', await isConnected(page, 2), await log(page));

    const before = await connections(page);
    await proxy.goAway();
    await sleep(9_000);
    rows.check('while the server is away nobody is logged out', await isLoggedIn(page), await log(page));
    await proxy.comeBack();
    rows.check('after the server was away for nine seconds the chat goes on by itself', await isConnected(page, before + 1), await log(page));
    await say(page, 'still here');
    rows.check('and what is said is heard', await hears(page, 'user1: still here'), await log(page));

    proxy.unavailable(true);
    await proxy.goAway();
    await proxy.comeBack();
    await sleep(5_000);
    rows.check('a store that is down logs nobody out', await isLoggedIn(page), await log(page));
    await page.fill('[name=text]', 'lost');
    await page.click('button:text-is("Say")');
    rows.check('what cannot be said is kept', (await page.inputValue('[name=text]')) === 'lost', await log(page));
    await page.click('#logout');
    rows.check('a log-out that was not done says so', await hears(page, 'not logged out'), await log(page));
    rows.check('and the page stays logged in', await isLoggedIn(page), await log(page));
    const seen = await connections(page);
    proxy.unavailable(false);
    rows.check('once the store answers the chat goes on by itself', await isConnected(page, seen + 1), await log(page));

    server.kill('SIGTERM');
    await once(server, 'exit');
    server = await start();
    rows.check('a server that has lost its sessions leads to the log-in', await isLoggedOut(page), await log(page));

    const seenThen = await connections(page);
    await logIn(page);
    rows.check('which opens a socket again', await isConnected(page, seenThen + 1), await log(page));
    const other = await open(context, origin);
    rows.check('another tab is logged in, too', await isConnected(other, 1), await log(other));
    // The access token has expired on the server's clock; the value of the refresh token proves the log-out.
    await context.clearCookies({ name: /^(csrf_)?access_token/ });
    await page.click('#logout');
    rows.check('a log-out without the access token leads to the log-in', await isLoggedOut(page), await log(page));
    rows.check('in the other tab as well', await isLoggedOut(other), await log(other));
    const left = await context.cookies(origin);
    rows.check('and leaves no cookie', left.length === 0, left);
  } finally {
    await context.close();
    server.kill('SIGTERM');
    await proxy.goAway();
  }
}

async function open(context, origin) {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(origin);
  return page;
}

async function logIn(page) {
  await page.fill('[name=username]', 'user1');
  await page.fill('[name=password]', 'password1');
  await page.click('button:text-is("Log in")');
}

async function say(page, words) {
  await page.fill('[name=text]', words);
  await page.click('button:text-is("Say")');
}

const log = (page) => page.textContent('#log');
const connections = (page) => page.locator('#log div', { hasText: /^connected$/ }).count();
const hears = (page, words) => arrives(page.locator('#log div', { hasText: words }).first());
const isConnected = (page, times) => arrives(page.locator('#log div', { hasText: /^connected$/ }).nth(times - 1));
const isLoggedIn = (page) => page.isVisible('main');
const isLoggedOut = (page) => arrives(page.locator('#login'));

// Within a time that covers the longest pause between attempts of these rows.
function arrives(locator) {
  return locator.waitFor({ state: 'visible', timeout: 20_000 }).then(
    () => true,
    () => false,
  );
}

async function startServer(binary, secret, origin) {
  const settings = { PORT: '0', JWT_SECRET_KEY: secret, HANDSTAMP_PUBLIC_ORIGIN: origin, JWT_ACCESS_TOKEN_EXPIRES: '4' };
  const child = spawn(binary, { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`${binary} has ended`)));
  failed.catch(() => {}); // it ends when it is told to
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed]);
  child.base = line.replace('listening on ', '');
  return child;
}
