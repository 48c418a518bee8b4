import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { compile } from 'svelte/compiler';
import { compileScript, parse } from 'vue/compiler-sfc';
import { folder, write } from './page.js';
import { named, start } from './program.js';
import { Site } from './site.js';

/** How long an access token lasts, in seconds. */
const LIFE = 3;

/** An application with a log-in, in a browser. */
export class Application {
  site = new Site();
  #browser;
  #service;

  /** Starts the browser and the service, or another program with the same routes. */
  async start(variable = 'HANDSTAMP', args = ['--listen', '127.0.0.1:0'], settings = () => ({})) {
    write();
    const program = named(variable);
    const executablePath = named('CHROMIUM', '/usr/bin/chromium');
    await this.site.open();
    const life = { JWT_ACCESS_TOKEN_EXPIRES: `${LIFE}`, HANDSTAMP_REFRESH_GRACE: '1s' };
    this.#service = await start(program, args, { ...life, ...settings(this.site.origin) });
    this.site.lead(this.#service.base);
    const flags = ['--headless=new', '--no-sandbox', '--disable-background-networking'];
    this.#browser = await chromium.launch({ executablePath, args: flags });
  }

  async stop() {
    await this.#browser?.close();
    await this.#service?.stop();
    await this.site.close();
  }

  /** Opens a page in a browser without cookies, or in a tab of the one that is given. */
  async open(source, html = '<main></main>', context = undefined) {
    const code = `import { client } from './client.js';
      ${source}
      await client.session();
      Object.assign(window, { client, isReady: true });`;
    const path = `/pages/${this.site.routes.size}`;
    this.site.routes.set(path, ['text/html', `<!doctype html>${html}<script type="module" src="${path}.js"></script>`]);
    this.site.routes.set(`${path}.js`, ['text/javascript', await bundled(code)]);
    const page = await (context ?? (await this.#browser.newContext())).newPage();
    page.setDefaultTimeout(10_000);
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.stack));
    await page.goto(this.site.origin + path);
    await page
      .waitForFunction(() => window.isReady)
      .catch((error) => {
        throw errors.length ? new Error(errors.join('\n')) : error;
      });
    return page;
  }
}

export const logIn = (page, user) =>
  page.evaluate((username) => {
    return window.client.login({ username, password: username.replace('user', 'password') });
  }, user);

export const logOut = (page) => page.evaluate(() => window.client.logout());

export const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

/** Waits until an access token that was made before has expired. */
export const expired = () => pause(LIFE * 1000 + 500);

/** Waits until this is so, and returns it. */
export async function until(what) {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = await what();
    if (seen) return seen;
    await pause(50);
  }
  throw new Error(`never: ${what}`);
}

/** Returns a module with all that it imports. */
export async function bundled(source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: fileURLToPath(folder) },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['svelte'],
    define: {
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [components],
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

/** Compiles the components of Vue and Svelte. */
const components = {
  name: 'components',
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, 'utf8'), { filename: path });
      return { contents: js.code };
    });
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor } = parse(await readFile(path, 'utf8'), { filename: path });
      return { contents: compileScript(descriptor, { id: path, inlineTemplate: true }).content };
    });
  },
};
