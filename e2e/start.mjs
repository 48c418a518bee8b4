// Uses the app of docs/start.md as its reader does: node start.mjs, while it listens on port 8000.

import { chromium } from 'playwright-core';
import { Rows } from './rows.mjs';

const base = 'http://localhost:8000';
const rows = new Rows();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
});
const context = await browser.newContext();

async function open() {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(base);
  return page;
}

async function shows(page, sentence, id, text) {
  const seen = () => page.textContent(id);
  await page.waitForFunction(([id, text]) => document.querySelector(id)?.textContent.includes(text), [id, text]).catch(() => {});
  rows.check(sentence, (await seen()).includes(text), await seen());
}

async function logIn(page, password) {
  await page.fill('[name=username]', 'ann');
  await page.fill('[name=password]', password);
  await page.click('#log-in button');
}

const page = await open();
await shows(page, 'a visitor is not logged in', '#who', 'You are not logged in.');
rows.check('and sees a form', await page.isVisible('#log-in'), await page.content());
await logIn(page, 'wrong');
await shows(page, 'a wrong password is refused in words', '#problem', 'nvalid');
await logIn(page, 'correct horse');
await shows(page, 'the right one logs in', '#who', 'You are ann.');
await page.fill('[name=text]', 'a first note');
await page.click('#write button');
await shows(page, 'a note that was written is listed', '#notes', 'a first note');
await page.reload();
await shows(page, 'after a reload the user is still logged in', '#who', 'You are ann.');
await shows(page, 'and the note is there', '#notes', 'a first note');
const second = await open();
await second.click('#log-out');
await shows(second, 'a log-out in a second tab ends the session', '#who', 'You are not logged in.');
await shows(page, 'and the first tab follows by itself', '#who', 'You are not logged in.');
rows.check('and shows no note any more', (await page.textContent('#notes')) === '', await page.textContent('#notes'));

await browser.close();
process.exitCode = rows.end();
