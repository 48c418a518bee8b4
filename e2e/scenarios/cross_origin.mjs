// The example cross-origin: its API on one host, its page on another of the same site, and a page of another site.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

export default async function crossOrigin({ browser, rows, binaries }) {
  await withExample(`${binaries}/cross-origin`, { JWT_ACCESS_TOKEN_EXPIRES: '2' }, async ({ page: origin, api, port }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const sent = [];
    page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const says = async (id, text) => {
      await page.waitForFunction(([id, text]) => document.getElementById(id).textContent.includes(text), [id, text]).catch(() => {});
      return (await page.textContent(`#${id}`)) ?? '';
    };
    const checkSays = async (sentence, id, text) => {
      const said = await says(id, text);
      rows.check(sentence, said.includes(text), { said, sent });
    };

    await page.goto(origin);
    await checkSays('a page on another host learns that no one is logged in', 'status', 'not logged in');
    rows.check('and asked for no refresh', !sent.includes('POST /refresh'), sent);
    await page.click('#login button');
    await checkSays('it logs in', 'status', 'You are user1');
    rows.check('it reads no cookie', (await page.evaluate(() => document.cookie)) === '', await context.cookies());
    await page.click('#post button');
    await checkSays('it posts with the CSRF value from the body', 'said', 'user1 posted');

    await page.reload();
    await checkSays('after a reload it knows who is logged in', 'status', 'You are user1');
    await page.click('#post button');
    await checkSays('and posts', 'said', 'user1 posted');

    await page.waitForTimeout(3000);
    sent.length = 0;
    await page.reload();
    await checkSays('after a reload with an expired token it is still logged in', 'status', 'You are user1');
    rows.check('because it refreshed', sent.includes('POST /refresh'), sent);
    await page.waitForTimeout(3000);
    await page.click('#post button');
    await checkSays('a post with an expired token refreshes first', 'said', 'user1 posted');

    const other = await context.newPage();
    await other.goto(`http://other.test:${port}/`);
    const seen = await other.evaluate(async (api) => {
      const answers = [];
      for (const [method, path] of [['GET', '/session'], ['POST', '/refresh'], ['POST', '/logout']]) {
        answers.push(await fetch(api + path, { method, credentials: 'include' }).then((answer) => answer.status, () => 'unreadable'));
      }
      return answers;
    }, api);
    rows.check('a page of another site reads no answer', seen.every((answer) => answer === 'unreadable'), seen);
    await page.reload();
    await checkSays('and has logged out no one', 'status', 'You are user1');

    // Another user logs in, in another tab, of which this one hears nothing.
    await context.addInitScript(() => delete window.BroadcastChannel);
    const tab = await context.newPage();
    for (const [when, wait] of [['at once', 0], ['after the token has expired', 3000]]) {
      await page.reload();
      await checkSays(`a tab shows its user (${when})`, 'status', 'You are user1');
      await tab.goto(origin);
      await tab.click('#logout');
      await tab.fill('[name=username]', 'user2');
      await tab.fill('[name=password]', 'password2');
      await tab.click('#login button');
      await tab.waitForFunction(() => document.getElementById('status').textContent.includes('You are user2'));
      await page.waitForTimeout(wait);
      await page.click('#post button');
      await checkSays(`it posts nothing as another user who has logged in meanwhile (${when})`, 'said', 'Nothing was done');
      await checkSays(`and shows that user then (${when})`, 'status', 'You are user2');
      await page.click('#logout');
      await checkSays(`it logs that user out (${when})`, 'status', 'not logged in');
      await page.click('#login button');
      await checkSays(`and its own in again (${when})`, 'status', 'You are user1');
    }

    await page.click('#logout');
    await checkSays('it logs out', 'status', 'not logged in');
    rows.check('and no cookie is left', (await context.cookies()).length === 0, await context.cookies());
    await context.close();
  });

  await withExample(`${binaries}/cross-origin`, { REDIS_URL: 'redis://127.0.0.1:1' }, async ({ page: origin }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(origin);
    await page.click('#login button');
    await page.waitForFunction(() => document.getElementById('said').textContent !== '').catch(() => {});
    const said = await page.textContent('#said');
    rows.check('while the store is away the page says when to try again', said.includes('Try again in 1 s'), said);
    await context.close();
  });
}

async function withExample(binary, settings, act) {
  const [port, pagePort] = await freePorts();
  const page = `http://app.example.test:${pagePort}`;
  const api = `http://api.example.test:${port}`;
  const env = {
    ...process.env,
    JWT_SECRET_KEY: randomBytes(32).toString('hex'),
    PORT: port,
    PAGE_PORT: pagePort,
    API_ORIGIN: api,
    PAGE_ORIGIN: page,
    HANDSTAMP_DANGER_PLAIN_HTTP: 'true',
    ...settings,
  };
  const child = spawn(binary, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const lines = createInterface({ input: child.stdout });
    await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(([status]) => {
        throw new Error(`the example has ended with status ${status}`);
      }),
    ]);
    await act({ page, api, port: pagePort });
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

async function freePorts() {
  const servers = [createServer(), createServer()];
  const ports = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push(String(server.address().port));
  }
  for (const server of servers) server.close();
  return ports;
}
