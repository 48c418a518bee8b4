// The list of the devices on which the user is logged in.

import { ASIDE, act } from './answer.js';

const element = (id) => document.getElementById(id);

// Lists the devices anew. What cannot be listed now stays as it is, and the page says so.
export async function showDevices(client) {
  const { session } = client.getSnapshot();
  if (!session) return element('sessions').replaceChildren();
  const note = element('no-sessions');
  try {
    const response = await client.fetch(`sessions${ASIDE}`);
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    const { sessions, has_more: hasMore } = await response.json();
    // Meanwhile someone else may have logged in.
    if (client.getSnapshot().session?.subject !== session.subject) return;
    element('sessions').replaceChildren(...sessions.map((device) => item(client, device)));
    note.textContent = 'There are earlier ones, which are not listed.';
    note.hidden = !hasMore;
  } catch (error) {
    note.textContent = `The list may be old: ${error.message}.`;
    note.hidden = false;
  }
}

// Names of devices and browsers are what a client said, so they are shown as text.
function item(client, { id, device, browser, address, last_active: active, this_device: isThis }) {
  const name = device || readable(browser);
  const line = document.createElement('li');
  const text = document.createElement('div');
  const title = Object.assign(document.createElement('strong'), { textContent: name });
  const when = isThis ? 'this device' : `last active ${ago(active)}`;
  const detail = Object.assign(document.createElement('p'), { className: 'detail' });
  detail.textContent = [when, address].filter(Boolean).join(', ');
  text.append(title, detail);
  line.append(text);
  if (!isThis) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Log out' });
    button.ariaLabel = `Log out ${name}`;
    button.addEventListener('click', async () => {
      await act(() => client.fetch(`sessions/${encodeURIComponent(id)}`, { method: 'DELETE' }));
      await showDevices(client);
    });
    line.append(button);
  }
  return line;
}

// Returns what people call a browser, of its User-Agent.
export function readable(userAgent) {
  if (!userAgent) return 'An unknown device';
  // Chromium's relatives name it as well, and everyone names Safari.
  const browsers = [['Edg', 'Edge'], ['OPR', 'Opera'], ['SamsungBrowser', 'Samsung Internet'], ['Firefox', 'Firefox'],
    ['FxiOS', 'Firefox'], ['HeadlessChrome', 'Chrome'], ['CriOS', 'Chrome'], ['Chrome', 'Chrome'], ['Safari', 'Safari']];
  const systems = [['Android', 'Android'], ['iPhone', 'an iPhone'], ['iPad', 'an iPad'], ['Windows', 'Windows'],
    ['CrOS', 'ChromeOS'], ['Mac OS X', 'a Mac'], ['Linux', 'Linux']];
  const of = (names) => names.find(([part]) => userAgent.includes(part))?.[1];
  const [browser, system] = [of(browsers), of(systems)];
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? userAgent.slice(0, 60);
}

function ago(seconds) {
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const passed = Date.now() / 1000 - seconds;
  if (passed < 60) return 'just now';
  for (const [unit, size] of [['day', 86_400], ['hour', 3_600], ['minute', 60]]) {
    if (passed >= size) return format.format(-Math.floor(passed / size), unit);
  }
}
