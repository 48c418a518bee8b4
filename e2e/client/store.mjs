// A store that does not answer for five seconds.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort, logIn, open, pause, state, until } from '../application.mjs';

export default async function store({ browser, rows, start, newFolder }) {
  const redis = await startRedis(await newFolder());
  try {
    const { application } = await start({
      args: ['--redis', `redis://127.0.0.1:${redis.port}`],
      settings: { HANDSTAMP_STORE_TIMEOUT: '1s' },
    });
    const context = await browser.newContext();
    await context.addInitScript(watch);
    const tabs = [await open(context, application)];
    await logIn(tabs[0], 'user1');
    while (tabs.length < 3) tabs.push(await open(context, application));
    for (const tab of tabs) await tab.evaluate(work);
    const all = (act) => Promise.all(tabs.map(act));

    redis.process.kill('SIGSTOP');
    const begin = Date.now();
    const areStale = await until(async () => (await all(state)).every(({ stale }) => stale), 4_900);
    rows.check('while the store is away all tabs know that they may be wrong', areStale, await all(state));
    await pause(begin + 5_000 - Date.now());
    const states = await all(state);
    redis.process.kill('SIGCONT');
    rows.check('and none is logged out', states.every((now) => now.state === 'in' && now.subject === 'user1'), states);
    const calls = application.calls.filter(({ at, path }) => at >= begin && path === '/refresh');
    rows.check('the service answers 503', calls.some(({ status }) => status === 503), calls);
    const waits = (await all((tab) => tab.evaluate(() => window.waits))).flat();
    rows.check('before each try they leave it alone for a second at least', waits.length > 0 && Math.min(...waits) >= 1_000, waits);
    rows.check('so that each tries three times at most', calls.length <= 9, calls.length);

    const last = () => all((tab) => tab.evaluate(() => window.last));
    const areServed = await until(async () => (await last()).every((status) => status === 200), 20_000);
    rows.check('when the store is back all are served again', areServed, [await last(), await all(state)]);
    console.log(`# three tabs, a store away for 5 s: ${calls.length} refreshes meanwhile, all served after ${Date.now() - begin} ms`);
    await all((tab) => tab.evaluate(() => window.client.session()));
    const later = await all(state);
    rows.check('and in', later.every((now) => now.state === 'in' && !now.stale), later);
  } finally {
    redis.process.kill('SIGKILL');
    await once(redis.process, 'exit');
  }
}

async function startRedis(folder) {
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const redis = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: redis.stdout })) {
    if (!line.includes('Ready to accept connections')) continue;
    redis.stdout.resume();
    return { process: redis, port };
  }
  throw new Error('redis-server does not start');
}

// What an active tab does: it asks for something again and again.
function work() {
  const ask = async () => {
    window.last = await window.client.fetch('/protected').then(({ status }) => status, (error) => error.message);
    if (window.last !== 200) await window.client.refresh();
    setTimeout(ask, 100);
  };
  void ask();
}

// Notes how long a tab waits after a refresh that was refused before it tries again.
function watch() {
  const original = window.fetch;
  window.waits = [];
  let end;
  window.fetch = async (input, init) => {
    const isRefresh = String(input).endsWith('/refresh');
    if (isRefresh && end) window.waits.push(performance.now() - end);
    const answer = await original(input, init);
    if (isRefresh) end = answer.status === 503 ? performance.now() : undefined;
    return answer;
  };
}
