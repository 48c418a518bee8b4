// The page of the service: log-in, devices and password, and in a demo the rest of what there is to see.
//
// All paths are relative: a proxy may serve this page below a prefix, such as /auth/.

import { act, forget, isOwn, pairs, say, traced as tracedIn } from './answer.js';
import { showDevices } from './devices.js';
import { createClient } from './handstamp.js';

const element = (id) => document.getElementById(id);
const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

// The names are settings of the service, such as JWT_ACCESS_COOKIE_NAME.
async function names() {
  for (;;) {
    try {
      const response = await fetch('names');
      if (response.ok) return await response.json();
    } catch {
      // The service is away, as any may be for a while.
    }
    say('The service does not answer. Trying again …', false, '');
    await pause(2000);
  }
}

const { access, refresh, demo: isDemo, has_usual_checks: hasUsualChecks } = await names();
const demo = isDemo && (await import('./demo/page.js'));
say('Nothing was asked yet.', null, '');
const traced = tracedIn(isDemo && hasUsualChecks);
const client = createClient({
  baseUrl: new URL('.', location.href).href,
  cookies: { access: access.csrf_cookie, refresh: refresh.csrf_cookie },
  header: { access: access.csrf_header, refresh: refresh.csrf_header },
  fetch: traced,
});

const json = (body) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

function showWho({ state, stale, session, error }) {
  const names = {
    unknown: stale ? `It is not known who is logged in: ${error?.message}.` : 'Asking who is logged in …',
    in: `You are ${session?.subject ?? 'logged in'}.`,
    out: 'You are not logged in.',
  };
  const doubt = stale && state === 'in' ? ` (The last question was not answered: ${error?.message}.)` : '';
  element('who').textContent = names[state] + doubt;
  element('log-out').hidden = state !== 'in';
  element('whose').value = session?.subject ?? '';
  const hadFocus = document.activeElement;
  for (const part of document.querySelectorAll('.card')) {
    const kinds = part.classList;
    const isOf = (kind, holds) => !kinds.contains(kind) || holds;
    const isHere = isOf('demo', demo) && isOf('usual', hasUsualChecks) && isOf('real', !demo);
    part.hidden = !(isHere && isOf('in', state === 'in') && isOf('out', state === 'out'));
  }
  // The part with the button that was pressed is gone: what was said of it comes next.
  if (hadFocus?.closest('[hidden]')) element('who').focus();
}

function showCookies() {
  const names = [access.csrf_cookie, refresh.csrf_cookie];
  const cookies = document.cookie.split('; ').map((pair) => pair.split(/=(.*)/s));
  const ours = cookies.filter(([name]) => names.includes(name));
  element('visible-cookies').replaceChildren(...pairs(ours.length > 0 ? ours : [['none', '']]));
}

async function showRest({ session }) {
  showCookies();
  if (demo && session) await demo.showClaims(session.subject);
  await showDevices(client);
}

// Who was logged in last, also before a log-out.
let shown;

client.onChange(async (now, before) => {
  const subject = now.session?.subject;
  const isAnother = subject !== undefined && shown !== undefined && subject !== shown;
  shown = subject ?? shown;
  // What one user typed and was told is not for another, nor for who comes to a page that another tab has logged out.
  if (isAnother || now.state === 'unknown' || (now.state === 'out' && before.state === 'in' && !isOwn())) forget();
  const hasLeft = now.state === 'out' && before.state !== 'out' && shown !== undefined;
  if (isAnother || hasLeft) {
    for (const form of document.forms) form.reset();
    element('sessions').replaceChildren();
    if (demo) demo.forgetClaims();
  }
  showWho(now);
  if (now.session !== before.session || now.state !== before.state) await showRest(now);
});

const explainLogIn = (_, status) =>
  status === 429
    ? 'There were too many attempts. A browser that has logged in before is not kept out by those of others.'
    : '';

element('credentials').addEventListener('submit', (event) => {
  event.preventDefault();
  const [username, password] = [element('username').value, element('password').value];
  const remember = element('remember').checked;
  void act(async () => {
    await client.login({ username, password, remember });
    event.target.reset();
  }, explainLogIn);
});
element('log-out').addEventListener('click', () => act(client.logout));
element('protected').addEventListener('click', () => act(() => client.fetch('protected')));
element('post').addEventListener('submit', (event) => {
  event.preventDefault();
  void act(() => client.fetch('posts', json({ title: element('title').value })));
});
element('refresh').addEventListener('click', () => act(client.refresh));
element('revoke-others').addEventListener('click', async () => {
  await act(() => client.fetch('sessions/revoke-others', { method: 'POST' }));
  await showDevices(client);
});
element('new-password').addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = { current: element('current').value, new: element('new').value, remember: element('remember-new').checked };
  await act(async () => {
    const { ok } = await client.fetch('password', json(body));
    if (ok) event.target.reset();
  });
  await client.session();
});

for (const part of document.querySelectorAll('.demo:not(.card)')) part.hidden = !(demo && hasUsualChecks);
if (demo) {
  demo.showDemoUsers();
  demo.showAttacks(client, traced, access.csrf_header);
  demo.runClock(client);
  forget();
}
showWho(client.getSnapshot());
await client.session();
// A service that is away at first may come back.
while (client.getSnapshot().state === 'unknown') {
  await pause(3000);
  if (document.visibilityState === 'visible') await client.session();
}
