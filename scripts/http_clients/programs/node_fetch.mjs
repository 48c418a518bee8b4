// fetch of Node with a jar of tough-cookie, kept as JSON.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readSteps, csrfValue, modules } from './steps.mjs';

const require = createRequire(modules);
const { CookieJar, version } = require('tough-cookie');

if (process.argv[2] === '--version') {
  console.log(`Node ${process.versions.node}, tough-cookie ${version}`);
  process.exit();
}

const [base, folder] = process.argv.slice(2);
const file = `${folder}/cookies.json`;
const jar = existsSync(file) ? CookieJar.deserializeSync(readFileSync(file, 'utf8')) : new CookieJar();
for (const { method, path, headers, csrfCookie, body } of readSteps()) {
  const url = base + path;
  const cookies = await jar.getCookieString(url);
  const csrf = await csrfValue(jar, url, csrfCookie);
  const answer = await fetch(url, { method, body, headers: { ...headers, ...csrf, ...(cookies && { Cookie: cookies }) } });
  for (const line of answer.headers.getSetCookie()) await jar.setCookie(line, url);
  await answer.arrayBuffer();
}
writeFileSync(file, JSON.stringify(jar.serializeSync()));
