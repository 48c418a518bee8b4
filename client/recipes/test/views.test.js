import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Application, logIn, logOut, until } from './application.js';

const application = new Application();
before(() => application.start());
after(() => application.stop());

// The library, and what shows Who in the page and returns how to take it away.
const rows = [
  [
    'Vue',
    `import { createApp } from 'vue';
    import Who from './Who.vue';
    const show = () => {
      const app = createApp(Who);
      app.mount('main');
      return () => app.unmount();
    };`,
  ],
  [
    'Svelte',
    `import { mount, unmount } from 'svelte';
    import Who from './Who.svelte';
    const show = () => {
      const who = mount(Who, { target: document.querySelector('main') });
      return () => unmount(who);
    };`,
  ],
];

test('a view shows who is logged in, in this tab and by another, and hears nothing once it is gone', async () => {
  for (const [library, show] of rows) {
    const page = await application.open(`import '../test/counting.js';
${show} window.hide = show();`);
    const shows = (text) => until(async () => (await page.textContent('main')).trim() === text);
    await shows('You are not logged in.');
    await logIn(page, 'user1');
    await shows('You are user1.');
    const other = await application.open('', '', page.context());
    await logIn(other, 'user2');
    await page.bringToFront();
    await shows('You are user2.');
    await logOut(page);
    await shows('You are not logged in.');
    assert.equal(await page.evaluate(() => window.listeners), 1, library);
    await page.evaluate(() => window.hide());
    await shows('');
    await until(() => page.evaluate(() => window.listeners === 0));
  }
});

test('Vue hands on the snapshot itself', async () => {
  const page = await application.open(`
    import { effectScope } from 'vue';
    import { useSession } from './session.js';
    window.now = effectScope().run(useSession);`);
  await logIn(page, 'user1');
  assert.ok(await page.evaluate(() => window.now.value === window.client.getSnapshot()));
});
