// Drives the client for browsers in headless Chromium, against the binary, and reports which rows held.
//
//   node client.mjs <the program handstamp> <the folder with the built client> [scenario...]
//
// CHROMIUM=/path/to/chromium to use another. The example `cross-origin` lies next to the program.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { Application, Service, within } from './application.mjs';
import { Rows } from './rows.mjs';

const scenarios = [
  'session',
  'tabs',
  'frozen',
  'outage',
  'store',
  'users',
  'back_button',
  'clock',
  'browser_restart',
  'cross_origin',
  'two_applications',
];

const [program, dist, ...asked] = process.argv.slice(2);
const unknown = asked.filter((name) => !scenarios.includes(name));
if (!dist || unknown.length > 0) {
  console.error(
    `usage: node client.mjs <the program handstamp> <the folder with the built client> [scenario...]\nscenarios: ${scenarios.join(' ')}`,
  );
  process.exit(2);
}

const browserOptions = {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  // People's browsers have the back-forward cache.
  ignoreDefaultArgs: ['--disable-back-forward-cache'],
  args: [
    '--headless=new',
    '--no-sandbox',
    '--disable-background-networking',
    '--host-resolver-rules=MAP *.example.test 127.0.0.1',
  ],
};
const rows = new Rows();
const folder = await mkdtemp(join(tmpdir(), 'handstamp-client-'));
const newFolder = () => mkdtemp(join(folder, 'of-'));
// What ends that which a scenario has started.
const toStop = [];

async function newApplication() {
  const application = await Application.start(dist);
  toStop.push(() => application.goAway());
  return application;
}

// Starts the binary, or the example of this name.
async function newService({ name = basename(program), args = [], settings = {} } = {}) {
  const command = [join(dirname(resolve(program)), name), ...args];
  const service = new Service(command, { XDG_STATE_HOME: await newFolder(), ...settings });
  toStop.push(() => service.stop());
  await service.start();
  return service;
}

// A browser whose profile stays when it is closed.
async function launchWith(profile) {
  const context = await chromium.launchPersistentContext(profile, browserOptions);
  toStop.push(() => context.close());
  return context;
}

// Starts the binary, behind an application.
async function start(options) {
  const [application, service] = [await newApplication(), await newService(options)];
  application.lead(service.base);
  return { application, service };
}

let browser;
try {
  browser = await chromium.launch(browserOptions);
  console.log(`Chromium ${browser.version()}`);
  for (const name of asked.length > 0 ? asked : scenarios) {
    console.log(`\n# ${name}`);
    const begin = Date.now();
    const { default: scenario } = await import(`./client/${name}.mjs`);
    try {
      const run = scenario({ rows, browser, dist, newApplication, newService, start, newFolder, launchWith, browserOptions });
      await within(60_000, run);
    } catch (error) {
      rows.check(`${name} runs to its end`, false, error.stack);
    } finally {
      for (const context of browser.contexts()) await context.close();
      for (const stop of toStop.splice(0).reverse()) await stop();
    }
    console.log(`# ${name} took ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  }
} catch (error) {
  rows.check('the browser starts', false, error.stack);
} finally {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(rows.end());
