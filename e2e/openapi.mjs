// Clicks through Swagger UI and Scalar, as the examples `openapi` and `actix-openapi` have them, in headless
// Chromium.
//
//   node openapi.mjs <the program> [a folder for screenshots]      CHROMIUM=/path/to/chromium to use another

import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { end, start } from './child.mjs';
import { Rows } from './rows.mjs';

const [program, screenshots] = process.argv.slice(2);
if (!program) {
  console.error('usage: node openapi.mjs <the program> [a folder for screenshots]');
  process.exit(2);
}

const rows = new Rows();
const env = { PATH: process.env.PATH, PORT: '0', JWT_SECRET_KEY: 'a secret of the tests, longer than thirty-two bytes' };
const service = await start(program, [], { env, stdio: ['ignore', 'pipe', 'inherit'] });
const base = await listening(service);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
});

async function listening(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const found = line.match(/http:\/\/\S+/);
    if (found) return found[0];
  }
  throw new Error('the service does not start');
}

// A tab of a browser without cookies, with what went wrong in it.
async function open(path) {
  const context = await browser.newContext({ viewport: { width: 1300, height: 1000 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(error.stack));
  page.on('console', (message) => {
    // The browser itself says which answers were refusals; a policy that was violated is something else.
    const isRefusal = /the server responded with a status of 4/.test(message.text());
    if (message.type() === 'error' && !isRefusal) page.troubles.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith('http') && origin !== base) page.troubles.push(`${request.url()} is asked for`);
  });
  // Also what a script tries and catches, which the console does not show.
  await page.exposeBinding('violated', (_, violation) => page.troubles.push(violation));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
      window.violated(`${violatedDirective}: ${blockedURI} in ${sourceFile}:${lineNumber}`);
    });
  });
  await page.goto(base + path);
  return page;
}

async function shoot(page, name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

// The page is left as a visitor leaves it that deletes this cookie.
const forget = (page, cookie) => page.context().clearCookies({ name: new RegExp(`^${cookie}`) });

// What a visitor does on either page. `send` presses what a person presses, and returns what the page shows of the
// answer: the status, and the text.
async function visit(name, page, send) {
  const check = (sentence, answer, status, text) => rows.check(
    `${name}: ${sentence}`, answer.status === status && answer.text.includes(text), answer);
  const post = { text: `Written in ${name}` };
  const credentials = { username: 'author', password: 'author-password' };

  check('the posts are for everybody', await send('get', '/posts'), 200, '[');
  check('without a log-in no post is created', await send('post', '/posts', post), 401, 'missing_token');
  check('a wrong password is refused', await send('post', '/login', { ...credentials, password: 'x' }), 401, 'invalid_credentials');
  check('a log-in through the page', await send('post', '/login', credentials), 200, '"author"');
  check('is one for the whole page', await send('get', '/me'), 200, 'posts:write');
  check('and a post is created', await send('post', '/posts', post), 201, post.text);
  check('which is listed as yours', await send('get', '/posts'), 200, '"yours": true');
  check('a scope that is missing is named', await send('delete', '/moderation/posts/{id}', undefined, '1'), 403, 'insufficient_scope');
  await shoot(page, name);

  await forget(page, 'csrf_access_token');
  check('without the CSRF value no post is created', await send('post', '/posts', post), 403, 'missing_csrf_token');
  check('what changes nothing needs none', await send('get', '/me'), 200, '"author"');
  check('a refresh has a value of its own', await send('post', '/refresh'), 200, 'expires_in');
  check('and brings the other anew', await send('post', '/posts', post), 201, post.text);
  check('a log-out through the page', await send('post', '/logout'), 200, 'logged out');
  check('ends it', await send('get', '/me'), 401, 'missing_token');
  rows.check(`${name}: no policy is violated, no other host is asked, no script fails`, page.troubles.length === 0, page.troubles);
}

async function swaggerUi() {
  const page = await open('/docs');
  const operations = await (await fetch(`${base}/openapi.json`)).json();
  await visit('Swagger UI', page, async (method, path, body, id) => {
    const { operationId, tags } = operations.paths[path][method];
    // As Swagger UI names it.
    const name = operationId ?? `${method}${path.replaceAll('/', '_')}`;
    const block = page.locator(`#operations-${tags[0]}-${name}`);
    if (await block.locator('.opblock-body').count() === 0) {
      await block.locator('.opblock-summary-control').click();
      await block.locator('.try-out__btn').click();
    }
    if (body) await block.locator('textarea.body-param__text').fill(JSON.stringify(body));
    if (id) await block.locator('.parameters input').fill(id);
    const [response] = await Promise.all([
      page.waitForResponse((response) => new URL(response.url()).pathname === path.replace('{id}', id)),
      block.locator('.execute').click(),
    ]);
    const row = block.locator('.live-responses-table .response');
    await page.waitForFunction(([row, status]) => row?.querySelector('.response-col_status')?.textContent.startsWith(status),
      [await row.elementHandle(), String(response.status())]);
    const text = await row.locator('.response-col_description').textContent();
    const status = Number.parseInt(await row.locator('.response-col_status').textContent(), 10);
    await block.locator('.btn-clear').click();
    return { status, text };
  });
  await page.context().close();
}

// Scalar's fields are editors of text, which may put what was there before back while they open.
async function write(editor, text) {
  for (let tries = 0; tries < 5 && (await editor.textContent()) !== text; tries += 1) {
    await editor.click();
    await editor.press('ControlOrMeta+a');
    await editor.page().keyboard.insertText(text);
    await editor.page().waitForTimeout(300);
  }
}

async function scalar() {
  const page = await open('/reference');
  const operations = await (await fetch(`${base}/openapi.json`)).json();
  await visit('Scalar', page, async (method, path, body, id) => {
    const [tag] = operations.paths[path][method].tags;
    await page.evaluate((hash) => { location.hash = hash; }, `tag/${tag}/${method.toUpperCase()}${path}`);
    const name = `Test Request(${method} ${path})`;
    await page.locator('button', { hasText: name }).click();
    const dialog = page.locator('[role=dialog]');
    if (id) await write(dialog.locator('[aria-label$=Value]').first(), id);
    if (body) await write(dialog.locator('.cm-content[contenteditable=true]').last(), JSON.stringify(body));
    const [response] = await Promise.all([
      page.waitForResponse((response) => new URL(response.url()).pathname === path.replace('{id}', id)),
      dialog.locator('button', { hasText: /^Send/ }).first().click(),
    ]);
    const shown = dialog.locator('section', { hasText: 'Response Information' }).last();
    await shown.filter({ hasText: `Status:${response.status()}` }).waitFor();
    // It shows the answer to an earlier request until this one has been read.
    const words = (await response.text()).match(/"[^"]+"/g) ?? [''];
    await shown.filter({ hasText: words.at(-1) }).waitFor();
    const text = await shown.textContent();
    const status = Number.parseInt(text.split('Status:')[1], 10);
    await dialog.locator('button', { hasText: 'Close Client' }).click();
    await dialog.waitFor({ state: 'hidden' });
    return { status, text: text.replace(/\s+/g, ' ') };
  });
  await page.context().close();
}

try {
  await Promise.all([swaggerUi(), scalar()]);
} finally {
  await browser.close();
  end(service);
}
process.exitCode = rows.end();
