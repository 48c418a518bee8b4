// A service whose clock is a day off, in both directions.

import { execFileSync } from 'node:child_process';
import { expired, generation, logIn, logOut, open, request, state } from '../application.mjs';

const DAY = 24 * 60 * 60 * 1_000;

export default async function clock(stage) {
  await Promise.all([drive(stage, 'a day ahead', '+1d', DAY), drive(stage, 'a day behind', '-1d', -DAY)]);
}

async function drive({ browser, rows, start }, row, offset, difference) {
  // It changes the time of day, and not the clock that measures.
  const settings = { LD_PRELOAD: library(), FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  const { application } = await start({ settings });
  const context = await browser.newContext();
  const tab = await open(context, application);
  const date = await tab.evaluate(async () => Date.parse((await fetch('/names')).headers.get('date')));
  const off = date - Date.now();
  rows.check(`a service is ${row}`, Math.abs(off - difference) < 60_000, off);

  await logIn(tab, 'user1');
  rows.check(`${row}: a log-in is known`, (await state(tab)).subject === 'user1', await state(tab));
  const { value } = (await context.cookies()).find(({ name }) => name.startsWith('access_token_cookie'));
  const { iat } = JSON.parse(Buffer.from(value.split('.')[1], 'base64url'));
  rows.check(`${row}: its tokens have its time`, Math.abs(iat * 1_000 - Date.now() - difference) < 60_000, iat);
  const posted = await request(tab, 'POST', '/posts', { title: 'one' });
  rows.check(`${row}: a post is done`, posted === 200, posted);
  const refreshed = application.count('/refresh');
  rows.check(`${row}: it took no refresh`, refreshed === 0, refreshed);

  const first = await generation(context, application);
  await expired(tab);
  const late = await request(tab, 'GET', '/protected');
  rows.check(`${row}: with an expired token all goes on`, late === 200, late);
  const rotations = (await generation(context, application)) - first;
  const isOne = application.count('/refresh') === 1 && rotations === 1;
  rows.check(`${row}: it is by one refresh, which rotates`, isOne, application.calls);
  await tab.evaluate(() => window.client.ready(1));
  rows.check(`${row}: a token that lasts is not exchanged`, application.count('/refresh') === 1, application.calls);
  await tab.evaluate(() => window.client.ready(30));
  rows.check(`${row}: one that does not last is`, application.count('/refresh') === 2, application.calls);

  await tab.reload();
  await tab.waitForFunction(() => window.isReady);
  rows.check(`${row}: after a reload the tab is in`, (await state(tab)).subject === 'user1', await state(tab));
  await logOut(tab);
  rows.check(`${row}: a log-out is done`, (await state(tab)).state === 'out', await state(tab));
  const left = (await context.cookies()).filter(({ name }) => /^(access|refresh|csrf)/.test(name));
  rows.check(`${row}: it leaves no cookie`, left.length === 0, left);
}

// The library of Debian's package `faketime`, for programs with threads.
function library() {
  return execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).trim();
}
