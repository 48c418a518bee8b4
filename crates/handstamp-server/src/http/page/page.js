// The page of the service: log-in, devices and password, and in a demo the rest of what there is to see.
//
// All paths are relative: a proxy may serve this page below a prefix, such as /auth/.

import { act, forget, pairs, say, traced as tracedIn } from './answer.js';
import { showAttacks, showClaims } from './demo.js';
import { showDevices } from './devices.js';
import { createClient } from './handstamp.js';

const element = (id) => document.getElementById(id);

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
    await new Promise((wake) => setTimeout(wake, 2000));
  }
}

const { access, refresh, demo } = await names();
say('Nothing was asked yet.', null, '');
const traced = tracedIn(demo);
const client = createClient({
  baseUrl: new URL('.', location.href).href,
  cookies: { access: access.csrf_cookie, refresh: refresh.csrf_cookie },
  header: access.csrf_header,
  fetch: traced,
});

const json = (body) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

function showWho({ state, stale, session, error }) {
  const names = {
    unknown: stale ? `It is not known who is logged in: ${error?.message}` : 'Asking who is logged in …',
    in: `You are ${session?.subject ?? 'logged in'}.`,
    out: 'You are not logged in.',
  };
  element('who').textContent = stale && state === 'in' ? `${names.in} (The service does not answer.)` : names[state];
  element('log-out').hidden = state !== 'in';
  element('whose').value = session?.subject ?? '';
  for (const part of document.querySelectorAll('.card')) {
    const kinds = part.classList;
    if (kinds.contains('demo') && !demo) continue;
    if (kinds.contains('real') && demo) continue;
    if (kinds.contains('in')) part.hidden = state !== 'in';
    else if (kinds.contains('out')) part.hidden = state !== 'out';
    else part.hidden = false;
  }
}

function showCookies() {
  const cookies = document.cookie.split('; ').filter(Boolean).map((pair) => pair.split(/=(.*)/s));
  element('visible-cookies').replaceChildren(...pairs(cookies.length > 0 ? cookies : [['none', '']]));
}

async function showRest() {
  showCookies();
  if (demo) await showClaims();
  await showDevices(client);
}

client.onChange(async (now, before) => {
  showWho(now);
  const isAnother = before.session && now.session?.subject !== before.session.subject;
  // What another user was told is not for this one.
  if (isAnother && now.session) forget();
  if (now.state === 'unknown') forget();
  if (now.session !== before.session || now.state !== before.state) await showRest();
});

element('credentials').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [username, password] = [element('username').value, element('password').value];
  const remember = element('remember').checked;
  await act(element('log-in'), () => client.login({ username, password, remember }), (_, status) => (
    status === 429 ? 'After ten wrong passwords, browsers that are new to an account wait for each other. One that has logged in before does not.' : ''
  ));
  element('password').value = '';
});
for (const pick of document.querySelectorAll('.pick')) {
  pick.addEventListener('click', () => {
    element('username').value = pick.dataset.user;
    element('password').value = pick.dataset.password;
    element('log-in').click();
  });
}
element('log-out').addEventListener('click', () => act(element('log-out'), client.logout));
element('protected').addEventListener('click', ({ target }) => act(target, () => client.fetch('protected')));
element('post').addEventListener('submit', (event) => {
  event.preventDefault();
  act(element('create-post'), () => client.fetch('posts', json({ title: element('title').value })));
});
element('refresh').addEventListener('click', ({ target }) => act(target, client.refresh));
element('revoke-others').addEventListener('click', async ({ target }) => {
  await act(target, () => client.fetch('sessions/revoke-others', { method: 'POST' }));
  await showDevices(client);
});
element('new-password').addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = { current: element('current').value, new: element('new').value, remember: element('remember-new').checked };
  await act(element('change-password'), async () => {
    const { ok } = await client.fetch('password', json(body));
    if (ok) event.target.reset();
  });
  await client.session();
});

for (const part of document.querySelectorAll('.demo:not(.card)')) part.hidden = !demo;
if (demo) {
  showAttacks(client, traced, access.csrf_header);
  forget();
}
showWho(client.getSnapshot());
await client.session();
