// The page, with the client for browsers, which `npm install handstamp` brings as well. It keeps the CSRF value in memory:
// the page has it from the body of a log-in, a refresh or GET /session, because it cannot read the cookies of another host.

import { createClient } from './handstamp.js';

const byId = (id) => document.getElementById(id);
const api = document.querySelector('meta[name=api]').content;
const client = createClient({ baseUrl: api });

client.onChange(({ state, session }, before) => {
  const names = { unknown: 'It is not known who is logged in.', out: 'You are not logged in.' };
  byId('status').textContent = names[state] ?? `You are ${session?.subject ?? 'logged in'}.`;
  byId('login').hidden = state !== 'out';
  document.querySelector('main').hidden = state !== 'in';
  // What one user was told is not for another.
  if (before.session && session?.subject !== before.session.subject) byId('said').textContent = '';
});

// What went wrong, for a person. Whether the session is over the client has said already.
function explain(error) {
  if (error.code === 'user_changed') return `${error.message}. Nothing was done.`;
  if (error.retryAfter) return `The service is busy or away. Try again in ${Math.ceil(error.retryAfter / 1000)} s.`;
  return error.message;
}

function on(id, event, act) {
  byId(id).addEventListener(event, async (happened) => {
    happened.preventDefault();
    byId('said').textContent = '';
    try {
      byId('said').textContent = (await act(happened.target)) ?? '';
    } catch (error) {
      byId('said').textContent = explain(error);
    }
  });
}

on('login', 'submit', async (form) => {
  await client.login(Object.fromEntries(new FormData(form)));
});

on('post', 'submit', async (form) => {
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const headers = { 'content-type': 'application/json' };
  const answer = await client.fetch(new URL('posts', api), { method: 'POST', headers, body });
  const { title, user, message } = await answer.json();
  return answer.ok ? `${user} posted “${title}”.` : message;
});

on('logout', 'click', async () => {
  await client.logout();
});

await client.session();
