// A browser that is closed and started again.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logIn, open, state } from '../application.mjs';

export default async function browserRestart(stage) {
  await Promise.all([
    restart(stage, 'a session that is not remembered ends with the browser', {}, {}, 'out'),
    restart(stage, 'one that is remembered goes on', { remember: true }, {}, 'in'),
    restart(
      stage,
      'one that is not remembered goes on ALL THE SAME where the browser continues where it left off',
      {},
      { session: { restore_on_startup: 1 } },
      'in',
    ),
  ]);
}

async function restart({ rows, start, newFolder, launchWith }, sentence, more, preferences, wanted) {
  const { application } = await start();
  const profile = await newFolder();
  await mkdir(join(profile, 'Default'));
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const before = await launchWith(profile);
  const tab = await open(before, application);
  await logIn(tab, 'user1', more);
  const isIn = (await state(tab)).state === 'in';
  await before.close();
  const after = await launchWith(profile);
  const now = await state(await open(after, application));
  rows.check(sentence, isIn && now.state === wanted, [isIn, now]);
  await after.close();
}
