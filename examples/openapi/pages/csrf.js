// The CSRF value, which a page of this service sends with what changes something. It is in a cookie
// that script can read, and that no page of another site can.

// Where the ready routes are: '/auth' for `nest("/auth", ..)`.
const PREFIX = '';

// The names of cookies and headers are settings of the service.
const names = fetch(`${PREFIX}/names`).then((response) => (response.ok ? response.json() : undefined));

// Returns the header, as name and value; undefined for a request that takes none: one that changes
// nothing, one before the log-in, and one for another host, which must not learn the value.
export async function csrfHeader(method, url) {
  const { origin, pathname } = new URL(url, location.href);
  const found = await names.catch(() => undefined);
  if (!found || origin !== location.origin || /^(GET|HEAD|OPTIONS|TRACE)$/i.test(method)) return undefined;
  const { access, refresh } = found;
  // A refresh is made with the other token, which has a value of its own. So is a log-out when the
  // access token has expired.
  const isRefresh = pathname === `${PREFIX}/refresh`;
  const value = isRefresh ? undefined : cookie(access.csrf_cookie);
  if (value) return [access.csrf_header, value];
  const other = isRefresh || pathname === `${PREFIX}/logout` ? cookie(refresh.csrf_cookie) : undefined;
  return other && [refresh.csrf_header, other];
}

function cookie(name) {
  const pairs = document.cookie.split('; ').map((pair) => pair.split('='));
  return pairs.find(([found]) => found === name)?.[1];
}
