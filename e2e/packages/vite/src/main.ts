import { createClient } from 'handstamp';

const client = createClient();

function at(id: string): Element {
  const found = document.querySelector(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

client.onChange(({ session }) => {
  at('#who').textContent = session ? `You are ${session.subject}.` : 'You are not logged in.';
});
at('#log-in').addEventListener('click', () => client.login({ username: 'user1', password: 'password1' }));
at('#post').addEventListener('click', async () => {
  const headers = { 'content-type': 'application/json' };
  const answer = await client.fetch('/posts', { method: 'POST', headers, body: '{"title":"a post"}' });
  at('#answer').textContent = await answer.text();
});
await client.session();
