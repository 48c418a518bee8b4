// The CSRF value, which a page of this service sends with what changes something. It is in a cookie
// that script can read, and that no page of another site can.

// The names of cookies and headers are settings of the service.
const names = fetch('/names').then((response) => response.json());

// Returns the header, as name and value. A request that changes nothing has no value, nor has one
// before the log-in.
export async function csrfHeader(method, url) {
  const { access, refresh } = await names;
  if (/^(GET|HEAD|OPTIONS|TRACE)$/i.test(method)) return [access.csrf_header, undefined];
  const { pathname } = new URL(url, location.href);
  // A refresh is made with the other token, which has a value of its own. So is a log-out when the
  // access token has expired.
  const value = pathname === '/refresh' ? undefined : cookie(access.csrf_cookie);
  if (value) return [access.csrf_header, value];
  const other = ['/refresh', '/logout'].includes(pathname) ? cookie(refresh.csrf_cookie) : undefined;
  return [refresh.csrf_header, other];
}

function cookie(name) {
  const pairs = document.cookie.split('; ').map((pair) => pair.split('='));
  return pairs.find(([found]) => found === name)?.[1];
}
