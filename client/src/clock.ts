/** Makes a clock: the milliseconds since now, which never go back. */
export function clock(): () => number {
  // Some browsers stop the first one while the computer sleeps, and people set the second, back and forth.
  let last = { steady: performance.now(), wall: Date.now() };
  let passed = 0;
  return () => {
    const next = { steady: performance.now(), wall: Date.now() };
    passed += Math.max(next.steady - last.steady, next.wall - last.wall);
    last = next;
    return passed;
  };
}
