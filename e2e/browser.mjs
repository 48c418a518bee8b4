// Chromium as in production, except for name resolution and the trusted key.

import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';

// `--ignore-certificate-errors-spki-list` trusts the one key that the server has made for this run, and no other:
// pages are secure contexts, cookies and Sec-Fetch headers are those of production, and a wrong certificate still
// fails. No authority has to be installed, and no key is kept. Playwright's `ignoreHTTPSErrors` would accept any
// certificate.
//
// Third-party cookies are allowed unless asked otherwise, because most tests cover what holds if nothing but handstamp
// protects: Debian's Chromium blocks them, other browsers and users do not. The preference applies to all contexts of
// this browser.
//
// Playwright switches the back-forward cache off unless asked otherwise.
export async function launch(spki, { thirdPartyCookies = true, backForwardCache = false } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'handstamp-e2e-'));
  await mkdir(join(directory, 'Default'));
  const preferences = { profile: { cookie_controls_mode: thirdPartyCookies ? 0 : 1 } };
  await writeFile(join(directory, 'Default', 'Preferences'), JSON.stringify(preferences));
  const first = await chromium.launchPersistentContext(directory, {
    executablePath,
    ignoreDefaultArgs: backForwardCache ? ['--disable-back-forward-cache'] : [],
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-background-networking',
      `--ignore-certificate-errors-spki-list=${spki}`,
      '--host-resolver-rules=MAP *.example.test 127.0.0.1, MAP other.test 127.0.0.1, MAP *.lan 127.0.0.1, MAP *.localhost 127.0.0.1, MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  const browser = first.browser();
  return {
    newContext: (options) => browser.newContext(options),
    version: () => browser.version(),
    close: async () => {
      await first.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
