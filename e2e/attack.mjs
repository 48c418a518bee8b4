// Ways in which a page of the attackers makes the visitor's browser send a request.

import { mark } from './visitor.mjs';

// Each opens the page `from`, sends `fields` to `target`, and returns the mark of the request.
export const means = {
  'a form': (page, from, target, fields = {}) => submit(page, from, target, fields, (action) => action),
  'a form, sent on by 307': (page, from, target, fields = {}) =>
    submit(page, from, target, fields, (action) => `${from}/redirect?${new URLSearchParams({ to: action })}`),
  'fetch without cors': (page, from, target, fields = {}) => send(page, from, target, fields, 'no-cors'),
  'fetch with cors': (page, from, target, fields = {}) => send(page, from, target, fields, 'cors'),
};

async function submit(page, from, target, fields, by) {
  const sent = mark();
  await page.goto(formAt(from, by(`${target}?mark=${sent}`), fields));
  await Promise.all([page.waitForNavigation(), page.click('button')]);
  return sent;
}

// A link, which any page may contain.
export async function follow(page, from, target) {
  const sent = mark();
  await page.goto(`${from}/`);
  const address = `${target}?mark=${sent}`;
  await Promise.all([page.waitForNavigation(), page.evaluate((to) => setTimeout(() => location.assign(to)), address)]);
  return sent;
}

// A form in a sandboxed frame, whose origin is opaque ("null").
export async function submitInSandbox(page, from, target, fields = {}) {
  const sent = mark();
  const src = formAt(from, `${target}?mark=${sent}`, fields);
  await page.goto(`${from}/frame?${new URLSearchParams({ src, sandbox: 'allow-forms' })}`);
  await page.frameLocator('iframe').locator('button').click();
  return sent;
}

// A browser sends this without a preflight, because none of its headers needs one. The CSRF header does: with cors
// the browser sends a preflight first, without cors it drops the header.
export async function send(page, from, target, fields, mode, csrf) {
  const sent = mark();
  if (new URL(page.url()).origin !== from) await page.goto(`${from}/`);
  await page.evaluate(
    ([address, body, mode, csrf]) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', ...(csrf && { 'x-csrf-token': csrf }) };
      // A blocked request is expected: the server reports what arrived.
      return fetch(address, { method: 'POST', mode, credentials: 'include', headers, body }).then(String, String);
    },
    [`${target}?mark=${sent}`, new URLSearchParams(fields).toString(), mode, csrf],
  );
  return sent;
}

// The server's outcome, and whether a token cookie was sent: without one, a rejection proves nothing.
export async function outcome(server, sent, method) {
  const told = await server.told(sent, method);
  if (!told) return undefined;
  const { cookies, sec_fetch_site: site, csrf_header: csrf, ...others } = told;
  return { ...others, site, csrf, cookie: cookies.some(({ name }) => name.endsWith('_token_cookie')) };
}

function formAt(from, action, fields) {
  return `${from}/form?${new URLSearchParams({ action, ...fields })}`;
}
