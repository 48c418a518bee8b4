import { createClient } from './handstamp.js';

const byId = (id) => document.getElementById(id);
const api = document.querySelector('meta[name=api]').content;
const client = createClient({ baseUrl: api });

client.onChange(({ state }) => {
  const names = { unknown: 'It is not known who is logged in.', out: 'You are not logged in.' };
  byId('status').textContent = names[state] ?? 'You are logged in.';
  byId('out').hidden = state !== 'out';
  document.querySelector('main').hidden = state !== 'in';
});

// Posts to the API, and fails with the message of a refusal.
async function post(path, fields = {}) {
  const body = JSON.stringify(fields);
  const headers = { 'content-type': 'application/json' };
  const answer = await client.fetch(new URL(path, api), { method: 'POST', headers, body });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.message);
}

function on(id, event, act) {
  byId(id).addEventListener(event, async (happened) => {
    happened.preventDefault();
    byId('said').textContent = '';
    try {
      const fields = event === 'submit' ? Object.fromEntries(new FormData(happened.target)) : undefined;
      byId('said').textContent = (await act(fields)) ?? '';
      if (event === 'submit') happened.target.reset();
    } catch (error) {
      byId('said').textContent = error.message;
    }
  });
}

on('sign-up', 'submit', async ({ username, email, password }) => {
  await post('sign-up', { username, email, password });
  await client.login({ username, password });
});

on('login', 'submit', async (fields) => {
  await client.login(fields);
});

on('password', 'submit', async (fields) => {
  await post('password', fields);
  await client.session(); // the session is a new one: this learns its CSRF value
  return 'The password is changed, and your other devices are logged out.';
});

on('everywhere', 'click', async () => {
  await post('log-out-everywhere');
  await client.session();
});

await client.session();
