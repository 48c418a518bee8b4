// axios with a jar of tough-cookie, by axios-cookiejar-support.

import { createRequire } from 'node:module';
import { readSteps, csrfValue, modules } from './steps.mjs';

const require = createRequire(modules);
const axios = require('axios');
const { wrapper } = await import(require.resolve('axios-cookiejar-support'));
const { CookieJar, version } = require('tough-cookie');

if (process.argv[2] === '--version') {
  console.log(`axios ${axios.VERSION}, tough-cookie ${version}`);
  process.exit();
}

const base = process.argv[2];
const jar = new CookieJar();
const client = wrapper(axios.create({ jar, validateStatus: () => true }));
for (const { method, path, headers, csrfCookie, body } of readSteps()) {
  const url = base + path;
  await client.request({ method, url, headers: { ...headers, ...(await csrfValue(jar, url, csrfCookie)) }, data: body });
}
