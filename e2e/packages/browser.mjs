// A browser at pages of a project, with the service at the same origin.

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { end, start } from '../child.mjs';
import { Site } from '../site.mjs';

// Starts the service, which keeps its state in `folder`, opens a site of these folders in front of it, and leads a
// browser there.
export async function inBrowser(program, folder, folders, work) {
  const state = await mkdtemp(join(folder, 'state-'));
  const env = { PATH: process.env.PATH, XDG_STATE_HOME: state, HANDSTAMP_COOKIE_SUFFIX: '' };
  const service = await start(program, ['--listen', '127.0.0.1:0'], { env });
  let site;
  let browser;
  try {
    site = await Site.open(await address(service), folders);
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
    });
    const page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    await work(page, site.base);
  } finally {
    await browser?.close();
    await site?.close();
    end(service);
  }
}

// Logs in and posts on a page of the project, as a person would.
export async function visit(rows, name, page, base) {
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  for (const [sentence, press, id, text] of [
    ['a visitor is not logged in', null, '#who', 'You are not logged in.'],
    ['a log-in is known', '#log-in', '#who', 'You are user1.'],
    ['a post is accepted, for it has its CSRF header', '#post', '#answer', 'Post created'],
    ['after a reload the user is still known', 'reload', '#who', 'You are user1.'],
  ]) {
    if (press === null) await page.goto(`${base}/index.html`);
    else if (press === 'reload') await page.reload();
    else await page.click(press);
    const shown = await soon(page, id, text);
    rows.check(`${name}: ${sentence}`, shown.includes(text), shown);
  }
  rows.check(`${name}: meanwhile the browser reports no error`, troubles.length === 0, troubles);
}

// Returns what an element shows, as soon as that is this text, or in the end.
export async function soon(page, id, text) {
  const isShown = ([id, text]) => document.querySelector(id)?.textContent.includes(text);
  await page.waitForFunction(isShown, [id, text]).catch(() => {});
  return page.textContent(id);
}

// Returns the address that the service prints.
async function address(service) {
  const timer = setTimeout(() => end(service), 10_000);
  let said = '';
  service.stderr.on('data', (text) => { said += text; });
  try {
    for await (const line of createInterface({ input: service.stdout })) {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (!found) continue;
      service.stdout.resume();
      return found;
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`the service prints no address within 10 s\n${said}`);
}
