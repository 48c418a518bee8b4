// How a page of the attackers makes the visitor's browser send something.

import { mark } from './visitor.mjs';

// Each takes the visitor there, sends, and returns the mark of the request.
export const means = {
  'a form': async (page, from, target, fields = {}) => {
    const sent = mark();
    const query = new URLSearchParams({ action: `${target}?mark=${sent}`, ...fields });
    await page.goto(`${from}/form?${query}`);
    await Promise.all([page.waitForNavigation(), page.click('button')]);
    return sent;
  },
  'fetch without cors': (page, from, target, fields = {}) => send(page, from, target, fields, 'no-cors'),
  'fetch with cors': (page, from, target, fields = {}) => send(page, from, target, fields, 'cors'),
};

// A browser sends this without asking first: no header of it needs a preflight. Header `csrf` does, and without cors is dropped.
export async function send(page, from, target, fields, mode, csrf) {
  const sent = mark();
  if (new URL(page.url()).origin !== from) await page.goto(`${from}/`);
  await page.evaluate(
    ([address, body, mode, csrf]) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(csrf && { 'x-csrf-token': csrf }) };
      // Refused is refused: the server tells what arrived.
      return fetch(address, { method: 'POST', mode, credentials: 'include', headers, body }).then(String, String);
    },
    [`${target}?mark=${sent}`, new URLSearchParams(fields).toString(), mode, csrf],
  );
  return sent;
}
