import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = read('../../docs/recipes.md');
const readme = read('../../README.md');

/** Where the code of the page is written to. */
export const folder = new URL('../target/', import.meta.url);

/** Writes each block of the page that has the name of a file. */
export function write() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [, name, code] of page.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms))
    writeFileSync(new URL(name, folder), code);
}

/** Returns the code of each row of the README's table of libraries, by the name of its library. */
export function lines() {
  const rows = readme.matchAll(/^\| ([\w -]+) \| `([^`]+)` \|/gm);
  return new Map([...rows].map(([, name, code]) => [name, code]));
}
