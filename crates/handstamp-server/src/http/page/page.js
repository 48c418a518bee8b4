// All paths are relative: a proxy may serve this page below a prefix, such as /auth/.
// The names are settings of the server, such as JWT_ACCESS_COOKIE_NAME.
const names = await (await fetch('names')).json();
const element = (id) => document.getElementById(id);

// The CSRF values of the last answer that had some, for a server that writes them to no cookie (JWT_CSRF_IN_COOKIES).
const values = {};

// Returns the CSRF value from its cookie, which only script of this origin can read, or from the last answer.
function csrfHeader(purpose) {
  const value = cookies().get(names[purpose].csrf_cookie) ?? values[purpose];
  return value === undefined ? {} : { [names[purpose].csrf_header]: value };
}

function cookies() {
  const pairs = document.cookie.split('; ').filter(Boolean).map((pair) => {
    const [name, ...value] = pair.split('=');
    return [name, value.join('=')];
  });
  return new Map(pairs);
}

async function call(method, path, headers = {}, body = undefined) {
  const init = { method, headers, credentials: 'same-origin' };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    headers['Content-Type'] = 'application/json';
  }
  element('answer').textContent = `${method} /${path} …`;
  let answer;
  try {
    const response = await fetch(path, init);
    const text = await response.text();
    if (response.ok) remember(text);
    answer = `${response.status} ${response.statusText}\n${text}`;
  } catch (error) {
    answer = `no answer: ${error.message}`;
  }
  element('answer').textContent = `${method} /${path}\n${answer}`;
  showCookies();
  await showSessions();
}

// An answer that is no JSON, such as one of a proxy, has no values.
function remember(text) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return;
  }
  const { csrf, refresh_csrf } = answer ?? {};
  if (csrf) values.access = csrf;
  if (refresh_csrf) values.refresh = refresh_csrf;
}

// Whether there is a CSRF value: without one the page can only ask who is logged in.
function mayBeLoggedIn() {
  return ['access', 'refresh'].some((purpose) => Object.keys(csrfHeader(purpose)).length > 0);
}

// Who the page says is logged in: a name, null for no one, and undefined while that is not known.
let shown;

function show(user) {
  if (user === undefined) return;
  shown = user;
  element('who').textContent = user ? `You are ${user}.` : 'You are not logged in.';
}

// Asks who is logged in, and for the CSRF value: its cookie may be missing, where the server writes
// none or the cookies that script can see were deleted. A server that is away says nothing.
async function ask() {
  const get = () => fetch('session', { credentials: 'same-origin' }).catch(() => undefined);
  let response = await get();
  // After a while the access token has expired, and the refresh token gives another. In the error
  // style of AuthX that is 422.
  if ([401, 422].includes(response?.status) && (await refresh())) response = await get();
  if (response === undefined || response.status >= 500) return undefined;
  if (!response.ok) return { subject: null };
  const session = await response.json();
  if (session.csrf) values.access = values.refresh = session.csrf;
  return session;
}

// Calls a route in the name of the user whom the page shows. In another tab another one may have
// logged in; the CSRF value is that of the answer, so that one who does it just now is refused.
async function act(method, path, body = undefined) {
  const session = await ask();
  if (shown && session?.subject && session.subject !== shown) {
    show(session.subject);
    element('answer').textContent = `This browser is now logged in as ${session.subject}. Nothing was done.`;
    showCookies();
    await showSessions();
    return;
  }
  const headers = session?.csrf ? { [names.access.csrf_header]: session.csrf } : csrfHeader('access');
  await call(method, path, headers, body);
}

// Lists the sessions of the user. Names of devices and browsers are not trusted, so they are shown
// as text.
async function showSessions() {
  let sessions = [];
  let hasMore = false;
  if (mayBeLoggedIn()) {
    const list = () => fetch('sessions', { credentials: 'same-origin' }).catch(() => undefined);
    let response = await list();
    if ([401, 422].includes(response?.status) && (await refresh())) response = await list();
    // A server that is away, or whose store is down, says nothing of the sessions: those on the page stay.
    if (response === undefined || response.status >= 500) return;
    if (response.ok) ({ sessions, has_more: hasMore } = await response.json());
  }
  element('sessions').replaceChildren(...sessions.map((session) => {
    const device = session.device ?? session.browser ?? 'unknown';
    const line = row(device, session.address ?? '', new Date(session.last_active * 1000).toLocaleString());
    const cell = line.insertCell();
    if (session.this_device) {
      cell.textContent = 'this device';
    } else {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Revoke' });
      button.addEventListener('click', () => act('DELETE', `sessions/${encodeURIComponent(session.id)}`));
      cell.append(button);
    }
    return line;
  }));
  if (hasMore) element('sessions').append(row('and earlier ones', '', ''));
}

async function refresh() {
  const init = { method: 'POST', headers: csrfHeader('refresh'), credentials: 'same-origin' };
  const response = await fetch('refresh', init).catch(() => undefined);
  if (!response?.ok) return false;
  remember(await response.text());
  showCookies();
  return true;
}

function showCookies() {
  const visible = cookies();
  element('visible-cookies').replaceChildren(...[...visible].map(([name, value]) => row(name, value)));
  element('hidden-cookies').replaceChildren(...['access', 'refresh'].map((purpose) => {
    const { cookie, csrf_cookie } = names[purpose];
    const item = document.createElement('li');
    let state = 'not set, as far as script can tell';
    if (visible.has(cookie)) state = 'VISIBLE TO SCRIPT: it is not HttpOnly';
    else if (visible.has(csrf_cookie)) state = 'set, hidden from script';
    item.append(Object.assign(document.createElement('code'), { textContent: cookie }), `: ${state}`);
    return item;
  }));
}

function row(...cells) {
  const line = document.createElement('tr');
  for (const text of cells) line.insertCell().append(Object.assign(document.createElement('code'), { textContent: text }));
  return line;
}

element('credentials').addEventListener('submit', async (event) => {
  event.preventDefault();
  // A second click would begin a session that no browser keeps.
  element('log-in').disabled = true;
  await call('POST', 'login', {}, { username: element('username').value, password: element('password').value });
  element('log-in').disabled = false;
  show((await ask())?.subject);
});
element('protected').addEventListener('click', () => call('GET', 'protected'));
element('post').addEventListener('submit', (event) => {
  event.preventDefault();
  act('POST', 'posts', { title: element('title').value });
});
element('refresh').addEventListener('click', () => call('POST', 'refresh', csrfHeader('refresh')));
// The value of either cookie is enough: the other one may have expired.
element('log-out').addEventListener('click', async () => {
  await call('POST', 'logout', { ...csrfHeader('access'), ...csrfHeader('refresh') });
  show((await ask())?.subject);
});
element('list-sessions').addEventListener('click', () => call('GET', 'sessions'));
element('revoke-others').addEventListener('click', () => act('POST', 'sessions/revoke-others'));
show((await ask())?.subject);
showCookies();
await showSessions();
