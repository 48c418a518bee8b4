// Named rows: each held, or prints what was seen instead.

export class Rows {
  passed = 0;
  failed = 0;

  check(sentence, holds, seen) {
    if (holds) this.passed += 1;
    else this.failed += 1;
    console.log(`${holds ? 'ok' : 'not ok'} - ${sentence}${holds ? '' : `\n    seen: ${JSON.stringify(seen)}`}`);
  }

  // Holds if `seen` has all members of `wanted`, with the same values.
  same(sentence, seen, wanted) {
    const differs = Object.keys(wanted).some((name) => JSON.stringify(seen?.[name]) !== JSON.stringify(wanted[name]));
    this.check(sentence, !differs, { wanted, seen });
  }

  // Prints the last line, which scripts/test counts, and returns the exit status.
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed > 0 || this.passed === 0 ? 1 : 0;
  }
}
