/** What is needed of the visitor's request: that of a fetch-style handler has it, and Node's. */
export interface Incoming {
  headers: Headers | Record<string, string | string[] | undefined>;
}

/** Returns the headers of the visitor that a service is told. */
export function visitorHeaders(request: Incoming, address: string | undefined): Headers {
  const headers = pick(request, [...BY_BROWSER, 'cookie', 'user-agent']);
  if (address !== undefined) headers.set('x-forwarded-for', single(address));
  return headers;
}

/** Returns whether the browser states that a page of this server sent the request. */
export function isOwnPage(request: Incoming): boolean {
  const headers = pick(request, ['sec-fetch-site', 'origin', 'host']);
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  // Over plain HTTP to another machine, browsers state no more than this.
  const origin = headers.get('origin') ?? '';
  return URL.canParse(origin) && new URL(origin).host === headers.get('host');
}

function pick({ headers }: Incoming, names: string[]): Headers {
  const picked = new Headers();
  for (const name of names) {
    // Not by `instanceof`: some frameworks bring their own class.
    const line = isFetchStyle(headers) ? headers.get(name) : headers[name];
    for (const one of [line ?? []].flat()) picked.append(name, one);
  }
  return picked;
}

const isFetchStyle = (headers: Incoming['headers']): headers is Headers => typeof headers.get === 'function';

/** The service reads a list from its end, and what stands there could be the visitor's own words. */
function single(address: string): string {
  // The zone of an address such as fe80::1%eth0 means something on one machine only.
  const plain = address.replace(/%.*/, '');
  if (!/^[\da-f.:]+$/i.test(plain)) throw new TypeError(`address: ${JSON.stringify(address)} is not one IP address`);
  return plain;
}

/** What a browser states of the page that a request comes from. */
export const BY_BROWSER = ['origin', 'sec-fetch-site'];

/** What it states of a navigation, to which a service may answer with a redirect: a rendering is none. */
const OF_NAVIGATION = ['sec-fetch-mode', 'sec-fetch-dest', 'sec-fetch-user'];

/** What never goes out as a caller gives it: the words of the visitor, and those of one connection. */
export const NOT_BY_CALLER = [
  ...BY_BROWSER,
  ...OF_NAVIGATION,
  'cookie',
  'user-agent',
  'x-forwarded-for',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
