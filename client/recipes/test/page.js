import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const page = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8');

/** Where the code of the page is written to. */
export const folder = new URL('../target/', import.meta.url);

/** Writes each block of the page that has the name of a file. */
export function write() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [, name, code] of page.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms))
    writeFileSync(new URL(name, folder), code);
}

/** Returns the code of each row of the page's table, by the name of its library. */
export function lines() {
  const rows = page.matchAll(/^\| ([\w -]+) \| `([^`]+)` \|/gm);
  return new Map([...rows].map(([, name, code]) => [name, code]));
}
