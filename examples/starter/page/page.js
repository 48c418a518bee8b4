// The page. What must not be forged is decided by the service: here it is only shown.

import { createClient } from './handstamp.js';

const client = createClient(); // CSRF headers, and one refresh for all tabs
const element = (id) => document.getElementById(id);
const json = (method, body) => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: body && JSON.stringify(body),
});

// Returns what the service answers, or throws what it says of a refusal.
async function call(path, options) {
  const response = await client.fetch(path, options);
  const isJson = response.headers.get('content-type')?.includes('json');
  const body = isJson ? await response.json() : undefined;
  if (!response.ok) throw Object.assign(new Error(body?.message ?? `HTTP ${response.status}`), body);
  return body;
}

// Does something, and says how it went.
async function act(work, done = '') {
  element('answer').textContent = '';
  try {
    await work();
    element('answer').textContent = done;
  } catch (error) {
    element('answer').textContent = error.message;
    element('confirm').hidden &&= error.code !== 'fresh_token_required';
  }
}

// Texts of users are shown as text, never as HTML.
function item(text, action, work) {
  const line = document.createElement('li');
  line.append(Object.assign(document.createElement('span'), { textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: action });
    button.addEventListener('click', () => act(async () => (await work(), await show())));
    line.append(button);
  }
  return line;
}

async function showUsers() {
  const users = await call('/admin/users');
  const change = (user) => (user.role === 'admin' ? 'member' : 'admin');
  const lines = users.map((user) =>
    item(`${user.name} is ${user.role}`, `Make ${change(user)}`, () =>
      call(`/admin/users/${user.id}/role`, json('PUT', { role: change(user) }))));
  element('users').replaceChildren(...lines);
  element('confirm').hidden = true;
}

async function show() {
  const { state } = client.getSnapshot();
  for (const part of document.querySelectorAll('[data-state]')) part.hidden = part.dataset.state !== state;
  for (const list of document.querySelectorAll('main ul')) list.replaceChildren();
  element('administration').hidden = true;
  element('who').textContent = state === 'out' ? 'You are not logged in.' : '…';
  if (state !== 'in') return;

  const [me, notes, devices] = await Promise.all(['/me', '/notes', '/sessions'].map((path) => call(path)));
  element('who').textContent = `You are ${me.name}.`;
  // Password managers read whose password it is.
  for (const field of document.querySelectorAll('[name=username][hidden]')) field.value = me.name;
  element('notes').replaceChildren(...notes.map((note) =>
    item(note.text, 'Remove', () => call(`/notes/${note.id}`, { method: 'DELETE' }))));
  element('devices').replaceChildren(...devices.sessions.map((device) => {
    const text = `${device.browser ?? 'A device'} ${device.address ?? ''}`;
    if (device.this_device) return item(`${text} (this one)`);
    return item(text, 'Log out', () => call(`/sessions/${device.id}`, { method: 'DELETE' }));
  }));
  element('administration').hidden = me.role !== 'admin';
  if (me.role === 'admin') await showUsers();
}

function onSubmit(id, work, done) {
  element(id).addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.target;
    const body = Object.fromEntries(new FormData(form));
    void act(async () => (await work(body, event.submitter?.value), form.reset(), await show()), done);
  });
}

onSubmit('credentials', async (body, button) => {
  if (button === 'signup') await call('/signup', json('POST', body));
  else await client.login(body);
  await client.session();
});
onSubmit('note', (body) => call('/notes', json('POST', body)));
onSubmit('password', async (body) => {
  await call('/password', json('POST', body));
  await client.session(); // a new session has begun
}, 'The password was changed. All other devices are logged out.');
onSubmit('confirm', (body) => call('/confirm', json('POST', body)));
element('log-out').addEventListener('click', () => act(client.logout));
element('others').addEventListener('click', () =>
  act(async () => (await call('/sessions/revoke-others', { method: 'POST' }), await show())));

// Another tab may log out, or log in another user.
client.onChange((now, before) => {
  if (now.state !== before.state || now.session?.subject !== before.session?.subject) void act(show);
});
await client.session();
