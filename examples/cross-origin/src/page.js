// The page keeps the CSRF value in memory. It has it from the body of a log-in, a refresh or GET /session.

const api = document.querySelector('meta[name=api]').content;
const byId = (id) => document.getElementById(id);
let csrf = null;
let refreshing = null;
// Who the page says is logged in: a name, null for no one, and undefined while that is not known.
let shown;

// An answer of the API that is not the one that was hoped for.
class Refused extends Error {
  constructor(status, body, retryAfter) {
    super(body.message ?? `status ${status}`);
    Object.assign(this, { status, code: body.code, retryAfter });
  }
}

// Another user has logged in, in another tab of this browser. What was asked for was not done.
class AnotherUser extends Error {}

async function send(method, path, body) {
  const headers = {};
  if (body) headers['content-type'] = 'application/json';
  if (csrf && method !== 'GET') headers['x-csrf-token'] = csrf;
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body), credentials: 'include' });
  const said = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Refused(answer.status, said, answer.headers.get('retry-after'));
  return said;
}

// Sends a request, and once more after a refresh if its token has expired or its cookie is gone.
async function call(method, path, body) {
  try {
    return await send(method, path, body);
  } catch (error) {
    if (error.code === 'csrf_mismatch') {
      // The same user has logged in again in another tab; of another one `learn` tells.
      learn(await call('GET', '/session'));
      return send(method, path, body);
    }
    if (!['token_expired', 'missing_token'].includes(error.code)) throw error;
    await refresh();
    return send(method, path, body);
  }
}

// Requests that find the token expired at the same time share one refresh.
async function refresh() {
  refreshing ??= send('POST', '/refresh').finally(() => (refreshing = null));
  learn(await refreshing);
}

// Takes the CSRF value of an answer, and stops what the page would do in the name of another user than it shows.
function learn(answer) {
  csrf = answer.csrf;
  const before = shown;
  if (before === undefined || before === answer.subject) return;
  show(answer.subject);
  throw new AnotherUser(`This browser is now logged in as ${answer.subject ?? 'no one'}. Nothing was done.`);
}

function show(subject) {
  shown = subject;
  byId('status').textContent = subject === null ? 'You are not logged in.' : `You are ${subject}.`;
  byId('login').hidden = subject !== null;
  document.querySelector('main').hidden = subject === null;
}

// What a refusal means for a person. Only the end of the session shows the log-in; an outage leaves all as it is.
function explain(error) {
  if (error instanceof AnotherUser) {
    byId('said').textContent = error.message;
  } else if (!(error instanceof Refused)) {
    byId('said').textContent = `The API cannot be reached: ${error.message}`;
  } else if (error.retryAfter !== null) {
    byId('said').textContent = `The service is busy or away. Try again in ${error.retryAfter} s.`;
  } else if (error.status === 401 && error.code) {
    csrf = null;
    show(null);
    byId('said').textContent = 'Your session is over. Log in again.';
  } else {
    byId('said').textContent = error.message;
  }
}

function on(id, event, act) {
  byId(id).addEventListener(event, async (happened) => {
    happened.preventDefault();
    byId('said').textContent = '';
    try {
      await act(happened.target);
    } catch (error) {
      explain(error);
    }
  });
}

on('login', 'submit', async (form) => {
  let subject;
  ({ subject, csrf } = await send('POST', '/login', Object.fromEntries(new FormData(form))));
  show(subject);
});

on('post', 'submit', async (form) => {
  const { title, user } = await call('POST', '/posts', Object.fromEntries(new FormData(form)));
  byId('said').textContent = `${user} posted “${title}”.`;
});

on('logout', 'click', async () => {
  await call('POST', '/logout');
  csrf = null;
  show(null);
});

// Who is logged in is known only to the API: this page cannot see its cookies.
try {
  let subject;
  ({ subject, csrf } = await call('GET', '/session'));
  show(subject);
} catch (error) {
  explain(error);
  if (byId('login').hidden) byId('status').textContent = 'It is not known who is logged in.';
}
