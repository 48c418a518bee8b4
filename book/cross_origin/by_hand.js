// What the page needs at the least, without the client.

const api = 'http://localhost:8000';
let csrf = null;

// Tells who is logged in. Ask when the page is loaded.
export async function session() {
  let answer = await fetch(`${api}/session`, { credentials: 'include' });
  if (answer.status === 401) {
    // The access token has expired, or is not sent any more.
    const refreshed = await fetch(`${api}/refresh`, { method: 'POST', credentials: 'include' });
    if (!refreshed.ok) return null;
    answer = await fetch(`${api}/session`, { credentials: 'include' });
  }
  const body = await answer.json();
  csrf = body.csrf;
  return body.subject;
}

export async function send(method, path, form) {
  const headers = { 'content-type': 'application/json', ...(csrf && { 'x-csrf-token': csrf }) };
  const init = { method, credentials: 'include', headers, body: JSON.stringify(form) };
  const answer = await fetch(api + path, init);
  if (path === '/login' && answer.ok) csrf = (await answer.clone().json()).csrf;
  if (path === '/logout' && answer.ok) csrf = null;
  return answer;
}
