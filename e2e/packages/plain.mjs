// A page without any tool: its script imports the files as they were packed.

import { join } from 'node:path';
import { inBrowser, visit } from './browser.mjs';

export async function plain({ rows, program, folder, unpacked }) {
  const project = new URL('plain', import.meta.url).pathname;
  const folders = { '/': project, '/handstamp/': join(unpacked, 'dist') };
  await inBrowser(program, folder, folders, (page, base) => visit(rows, 'plain', page, base));
}
