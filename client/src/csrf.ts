/** Returns the value of a cookie that script can read, or of the one with a prefix, which no other host can set. */
export function cookie(name: string): string | undefined {
  let pairs: string[];
  try {
    pairs = document.cookie.split('; ');
  } catch {
    // No document, as in a worker, or one without cookies, as in a sandboxed frame.
    return undefined;
  }
  for (const full of [`__Host-${name}`, name]) {
    const found = pairs.find((pair) => pair.startsWith(`${full}=`));
    if (found) return found.slice(full.length + 1);
  }
  return undefined;
}
