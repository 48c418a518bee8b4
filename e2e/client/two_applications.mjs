// Two applications on two ports of one host, which share its cookies.

import { expired, logIn, logOut, open, request, state } from '../application.mjs';

export default async function twoApplications({ browser, rows, start }) {
  const [one, other] = [(await start()).application, (await start()).application];
  const context = await browser.newContext();
  const [here, there] = [await open(context, one), await open(context, other)];

  await logIn(here, 'user1');
  rows.check('a log-in at one application', (await state(here)).subject === 'user1', await state(here));
  await there.evaluate(() => window.client.session());
  rows.check('is none at the other', (await state(there)).state === 'out', await state(there));
  await logIn(there, 'user2');
  const names = (await context.cookies()).map(({ name }) => name);
  rows.check('the browser has the cookies of both', names.filter((name) => name.startsWith('refresh_token')).length === 2, names);

  await expired(here);
  const posts = [];
  for (const tab of [here, there]) posts.push(await request(tab, 'POST', '/posts', { title: 'one' }));
  rows.check('both refresh and post', posts.every((status) => status === 200), posts);
  const users = [];
  for (const tab of [here, there]) users.push((await tab.evaluate(() => window.client.session())).session?.subject);
  rows.check('each as its own user', users.join() === 'user1,user2', users);

  await logOut(here);
  await here.evaluate(() => window.client.session());
  rows.check('a log-out at one', (await state(here)).state === 'out', await state(here));
  await there.evaluate(() => window.client.session());
  rows.check('leaves the other in', (await state(there)).subject === 'user2', await state(there));
  rows.check('which goes on', (await request(there, 'POST', '/posts', { title: 'two' })) === 200, await state(there));
}
