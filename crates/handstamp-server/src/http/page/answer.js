// The panel with the answer to what was asked last, and the way of its request through the checks.

const element = (id) => document.getElementById(id);

// The way of one request, as the documentation of the library draws it.
const CHECKS = {
  locate: 'Find the token',
  origin: 'Who sent it',
  verify: 'Genuine',
  csrf: 'CSRF value',
  store: 'Session live',
  handler: 'The route',
};
const MARKS = { passed: '✓', refused: '✕', skipped: '–', unreached: '·' };
const OUTCOMES = { passed: 'passed', refused: 'refused', skipped: 'not needed', unreached: 'not reached' };

// The end of an address that is asked on the side, and not for what a person does. It is not sent.
export const ASIDE = '#aside';

// What was asked since the last action began, in order.
let trail = [];
let isBusy = false;
let last = -Infinity;

// Passes a request on, and keeps what was said of it. In a demo the service tells what each check said.
export const traced = (isDemo) => async (input, init) => {
  const request = new Request(input, init);
  if (isDemo) request.headers.set('X-Handstamp-Demo', '1');
  const response = await fetch(request);
  const told = response.headers.get('X-Handstamp-Demo');
  const { method } = request;
  const { pathname: path, hash } = new URL(request.url);
  if (hash !== ASIDE) trail.push({ method, path, response: response.clone(), told: told && JSON.parse(told) });
  return response;
};

// Does what a person asked for, and shows how it went: the last request that this sent, or that nothing was sent. One
// action at a time; a button that is pressed meanwhile does nothing.
export async function act(work, explain = () => '') {
  if (isBusy) return;
  isBusy = true;
  document.body.ariaBusy = 'true';
  trail = [];
  wait('…');
  try {
    await work();
    await show(explain);
  } catch (error) {
    if (error.name === 'ClientError' && error.status > 0 && trail.length > 0) await show(explain);
    else notSent(error, explain);
  } finally {
    isBusy = false;
    last = performance.now();
    document.body.ariaBusy = 'false';
    element('progress').hidden = true;
  }
}

// Whether what just happened came of an action of this page.
export const isOwn = () => isBusy || performance.now() - last < 2000;

// Says what is waited for. Screen readers do not read it: it changes each second.
export function wait(progress) {
  element('progress').hidden = false;
  element('progress').textContent = progress;
}

async function show(explain) {
  // What pages ask on the side is not what was asked for.
  const shown = trail.findLast(({ path }) => !path.endsWith('/session')) ?? trail.at(-1);
  if (!shown) return say('Nothing was asked.', null, '');
  const { method, path, response, told } = shown;
  const text = await response.text();
  const body = parsed(text);
  const message = body?.message ?? body?.detail ?? (body ? JSON.stringify(body) : text.slice(0, 200));
  element('request').textContent = `${told?.method ?? method} ${told?.path ?? path}`;
  say(message || (response.ok ? 'Done.' : 'No reason was given.'), response.ok, explain(body?.code, response.status));
  element('badge').textContent = `${response.status} ${body?.code ?? body?.error_type ?? (response.ok ? 'OK' : response.statusText)}`;
  light(told ?? null);
  const steps = trail
    .filter(({ path }) => !path.endsWith('/session'))
    .map(({ method, path, response }) => `${method} ${path} ${response.status}`);
  element('trail').hidden = steps.length < 2 || !told;
  element('trail').textContent = `It took ${steps.length} requests: ${steps.join(', ')}.`;
}

function notSent(error, explain) {
  element('request').textContent = '';
  say(error.message, false, explain(error.code, 0));
  element('badge').textContent = error.code ?? 'failed';
  light(null);
  element('trail').hidden = true;
}

export function say(message, isGood, explanation) {
  element('answer').dataset.good = isGood;
  element('message').textContent = message;
  element('badge').hidden = isGood === null;
  element('explanation').hidden = !explanation;
  element('explanation').textContent = explanation;
}

// Forgets what one user was told before another one sees it.
export function forget() {
  element('request').textContent = '';
  say('Nothing was asked yet.', null, '');
  light(null);
  element('trail').hidden = true;
}

function light(told) {
  // Of a request whose way the service does not tell nothing is drawn.
  const isUntold = told === null && !element('badge').hidden;
  element('way').classList.toggle('untold', isUntold);
  element('sent').classList.toggle('untold', isUntold);
  const checks = told?.checks ?? Object.keys(CHECKS).map((name) => ({ name, outcome: 'unreached', says: '' }));
  element('way').replaceChildren(
    ...checks.map(({ name, outcome, says }) => {
      const item = document.createElement('li');
      item.dataset.outcome = outcome;
      const mark = Object.assign(span(MARKS[outcome], 'mark'), { ariaHidden: 'true' });
      const text = document.createElement('div');
      text.append(CHECKS[name], span(`: ${OUTCOMES[outcome]}`, 'hidden'), span(says, 'says'));
      item.append(mark, text);
      return item;
    }),
  );
  const cookies = (told?.cookies ?? []).map(({ name, holds }) => [`cookie ${name}`, holds]);
  const headers = (told?.headers ?? []).map(({ name, value }) => [name, value]);
  const sent = [...cookies, ...headers];
  element('sent-list').replaceChildren(...pairs(sent.length > 0 ? sent : [['nothing', 'of what the checks look at']]));
}

function span(text, name) {
  return Object.assign(document.createElement('span'), { textContent: text, className: name });
}

// Returns the items of a list of names and values, with what a value means.
export function pairs(entries) {
  return entries.flatMap(([name, value, meaning = '']) => {
    const term = Object.assign(document.createElement('dt'), { textContent: name });
    const description = Object.assign(document.createElement('dd'), { textContent: value });
    if (meaning) description.append(span(meaning, 'meaning'));
    return [term, description];
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy may answer with a page.
    return null;
  }
}
