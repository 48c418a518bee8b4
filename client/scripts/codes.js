// Writes src/codes.ts, from the codes of the service's rejections. With --check it only says whether it is up to date.

import { readFileSync, writeFileSync } from 'node:fs';

const source = new URL('../../crates/handstamp/codes.json', import.meta.url);
const target = new URL('../src/codes.ts', import.meta.url);
const { codes } = JSON.parse(readFileSync(source, 'utf8'));
const list = (what) =>
  codes
    .filter(({ client }) => client === what)
    .map(({ code }) => `'${code}'`)
    .sort()
    .join(', ');

// In the style of AuthX an answer has no code, and one type for several. None of those that a refresh does not cure may
// be among these.
const kinds = (isOne) => new Set(codes.filter(isOne).map((one) => one.error_type));
const others = kinds(({ client }) => client === undefined);
const types = [...kinds(({ client }) => client === 'refreshes')].filter((type) => !others.has(type)).sort();
const forged = ['csrf_mismatch', 'missing_csrf_token'];
const names = [...forged, ...kinds(({ code }) => forged.includes(code))].map((name) => `'${name}'`);

const text = `// Written by \`npm run codes\`, from the codes of the service's rejections.

/** A request that is refused for this reason may be answered after a refresh. */
export const REFRESHED: ReadonlySet<string> = new Set([
  ${list('refreshes')},
  // The types of AuthX.
  ${types.map((type) => `'${type}'`).join(', ')},
]);

/** If a refresh, or the question who is logged in, is refused for this reason, no one is. */
export const ENDING: ReadonlySet<string> = new Set([...REFRESHED, ${list('ends')}]);

/** What a request with an old CSRF value is refused for, or with none. */
export const FORGED: ReadonlySet<string> = new Set([${names.join(', ')}]);
`;

const squeezed = (source) => source.replace(/\s+/g, '').replace(/,+\]/g, ']');
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (squeezed(readFileSync(target, 'utf8')) !== squeezed(text)) {
  console.error('src/codes.ts is not up to date: npm run codes');
  process.exitCode = 1;
}
