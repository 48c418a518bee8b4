// Tries the attacks on cookie sessions in a real browser, and reports which rows held.
//
//   node run.mjs <directory of the binaries> [scenario...]      CHROMIUM=/path/to/chromium to use another

import { launch } from './browser.mjs';
import { Rows } from './rows.mjs';
import { Server } from './server.mjs';

const scenarios = [
  'forgery',
  'provenance',
  'hardened',
  'log_in',
  'websocket',
  'chat',
  'planting',
  'prefixes',
  'log_out',
  'implicit_refresh',
  'forms',
  'cross_origin',
  'visitors',
  'migrations',
  'two_users',
  'back_button',
  'lan',
  'frame',
];

const [binaries, ...asked] = process.argv.slice(2);
const unknown = asked.filter((name) => !scenarios.includes(name));
if (!binaries || unknown.length > 0) {
  console.error(`usage: node run.mjs <directory of the binaries> [scenario...]\nscenarios: ${scenarios.join(' ')}`);
  process.exit(2);
}

const rows = new Rows();
let server;
let browser;
try {
  server = await Server.start(`${binaries}/e2e-server`);
  browser = await launch(server.spki);
  console.log(`Chromium ${browser.version()}`);
  for (const name of asked.length > 0 ? asked : scenarios) {
    console.log(`\n# ${name}`);
    const start = Date.now();
    const { default: scenario } = await import(`./scenarios/${name}.mjs`);
    try {
      await scenario({ browser, server, rows, binaries, launchWith: (options) => launch(server.spki, options) });
    } catch (error) {
      rows.check(`${name} runs to its end`, false, error.stack);
    }
    console.log(`# ${name} took ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
} catch (error) {
  rows.check('server and browser start', false, error.stack);
} finally {
  await browser?.close();
  const ended = await server?.stop();
  if (server) rows.check('SIGTERM ends the server with status 0', ended === 0, ended);
}
process.exit(rows.end());
