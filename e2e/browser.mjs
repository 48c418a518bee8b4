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
// Third-party cookies are allowed, because the tests cover what holds if nothing but handstamp protects: Debian's
// Chromium blocks them, other browsers and users do not. The preference applies to all contexts of this browser.
export async function launch(spki) {
  const directory = await mkdtemp(join(tmpdir(), 'handstamp-e2e-'));
  await mkdir(join(directory, 'Default'));
  await writeFile(join(directory, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const first = await chromium.launchPersistentContext(directory, {
    executablePath,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-background-networking',
      `--ignore-certificate-errors-spki-list=${spki}`,
      '--host-resolver-rules=MAP *.example.test 127.0.0.1, MAP other.test 127.0.0.1, MAP localhost 127.0.0.1, MAP * ~NOTFOUND',
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
