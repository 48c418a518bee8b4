/** Returns the value of a cookie in a `Cookie` header, or of the one with a prefix, which no other host can set. */
export function find(header: string, name: string): string | undefined {
  const all = pairs(header);
  for (const full of [`__Host-${name}`, name]) {
    const found = all.find((pair) => nameOf(pair) === full);
    if (found) return found.slice(found.indexOf('=') + 1).trim();
  }
  return undefined;
}

/** Returns the `Cookie` header that a browser sends once it has these lines of `Set-Cookie`. */
export function updated(header: string, lines: readonly string[]): string {
  let kept = pairs(header);
  for (const line of lines) {
    const [pair = '', ...attributes] = line.split(';');
    // A deletion comes before the cookie that replaces what it deletes.
    kept = kept.filter((other) => nameOf(other) !== nameOf(pair));
    if (!isDeletion(attributes)) kept.push(pair.trim());
  }
  return kept.join('; ');
}

const pairs = (header: string) =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .filter(Boolean);

const nameOf = (pair: string) => pair.slice(0, Math.max(pair.indexOf('='), 0)).trim();

function isDeletion(attributes: string[]): boolean {
  const said = new Map<string, string>();
  for (const attribute of attributes) said.set(nameOf(attribute).toLowerCase(), attribute.split('=')[1] ?? '');
  const age = said.get('max-age');
  return age === undefined ? Date.parse(said.get('expires') ?? '') <= Date.now() : Number(age) <= 0;
}
