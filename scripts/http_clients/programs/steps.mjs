// The steps that a client takes: lines of standard input, which are read before the first request.

import { readFileSync } from 'node:fs';

// Where the packages are; set by scripts/clients.
export const modules = `${process.env.CLIENT_MODULES}/package.json`;

export function readSteps() {
  const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [method, path, csrfCookie, ...rest] = line.split(' ');
    const body = rest.length ? rest.join(' ') : undefined;
    return { method, path, csrfCookie, body, headers: body === undefined ? {} : { 'Content-Type': 'application/json' } };
  });
}

// Returns the CSRF header from a jar of tough-cookie; none if the jar has no such cookie.
export async function csrfValue(jar, url, name) {
  const cookie = (await jar.getCookies(url)).find((one) => one.key === name);
  return cookie ? { 'X-CSRF-TOKEN': cookie.value } : {};
}
