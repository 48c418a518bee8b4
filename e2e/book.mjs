// Looks at the site of the book in headless Chromium: light, dark, and on a phone.
//
//   node book.mjs <the folder of the site> [a folder for screenshots]      CHROMIUM=/path/to/chromium to use another

import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { Rows } from './rows.mjs';

const [site, screenshots] = process.argv.slice(2);
if (!site) {
  console.error('usage: node book.mjs <the folder of the site> [a folder for screenshots]');
  process.exit(2);
}

const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png' };
// Below a folder, as a code host serves it: a link to the root would lead out of the site.
const BELOW = '/handstamp';
const rows = new Rows();
const axe = await readFile(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  try {
    if (!path.startsWith(`${BELOW}/`)) throw new Error('outside of the site');
    const file = await readFile(join(site, path.slice(BELOW.length)));
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(file);
  } catch {
    response.writeHead(404).end();
  }
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${server.address().port}`;

const pages = (await readdir(site, { recursive: true }))
  .filter((file) => file.endsWith('index.html'))
  .map((file) => file.slice(0, -'index.html'.length))
  .sort();

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
});

// A tab, with what went wrong in it.
async function open(options) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(error.stack));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') page.troubles.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith('http') && asked !== origin) page.troubles.push(`${request.url()} is asked for`);
  });
  page.on('response', (response) => {
    if (response.status() !== 200) page.troubles.push(`${response.url()}: ${response.status()}`);
  });
  return page;
}

const visit = (page, path) => page.goto(`${origin}${BELOW}/${path}`, { waitUntil: 'load' });

async function shoot(page, name) {
  if (screenshots) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

async function accessible(sentence, page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  rows.check(sentence, found.length === 0, found);
}

// The widths that a person has, and both colours.
const views = [
  ['light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
  ['phone', { viewport: { width: 360, height: 740 }, colorScheme: 'light', isMobile: true, hasTouch: true }],
];
for (const [name, options] of views) {
  const page = await open(options);
  const wide = [];
  for (const path of pages) {
    await visit(page, path);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > options.viewport.width) wide.push(`${path || 'index'}: ${width}`);
    if (!path.startsWith('reference/')) await shoot(page, `${name}-${path.replace('/', '') || 'index'}`);
  }
  rows.check(`${name}: no page of ${pages.length} scrolls to the side`, pages.length > 0 && wide.length === 0, wide);
  rows.check(`${name}: no page reports an error or asks another host`, page.troubles.length === 0, page.troubles);
  for (const path of ['', 'start/', 'how-it-works/']) {
    await visit(page, path);
    await accessible(`${name}: axe finds nothing on ${path || 'the first page'}`, page);
  }
  await page.context().close();
}

const page = await open(views[0][1]);
await visit(page, '');
const LIGHT = 'rgb(246, 244, 241)';
const DARK = 'rgb(23, 21, 19)';
const turns = (colour) => page
  .waitForFunction((colour) => getComputedStyle(document.body).backgroundColor === colour, colour, { timeout: 10_000 })
  .then(() => true, () => false);
const press = () => page.locator('.md-header__option label:not([hidden])').click();
rows.check('the colours are light where those of the system are', await turns(LIGHT));
await page.emulateMedia({ colorScheme: 'dark' });
rows.check('and dark with them', await turns(DARK));
await press();
rows.check('the switch makes them light first', await turns(LIGHT));
await press();
rows.check('then dark', await turns(DARK));
await page.emulateMedia({ colorScheme: 'light' });
await page.reload();
rows.check('which is kept, also against the system', await turns(DARK));

await page.locator('.md-search__input').click();
await page.locator('.md-search__input').fill('rotation');
const first = page.locator('.md-search-result__item a').first();
const found = await first.waitFor().then(() => first.textContent(), () => 'nothing');
rows.check('the search finds a word', /rotat/i.test(found), found);
await shoot(page, 'search');

await visit(page, 'how-it-works/');
const picture = () => page.evaluate(() => getComputedStyle(document.querySelector('.picture svg text')).fill);
const inDark = await picture();
await press(); // to that of the system, which is light
const inLight = (await turns(LIGHT)) && (await picture());
rows.check('a picture has the colours of the page', inDark !== inLight, { inDark, inLight });

await browser.close();
server.close();
process.exitCode = rows.end();
