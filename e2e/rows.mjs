// Named rows: what held, and what was seen where it did not.

export class Rows {
  passed = 0;
  failed = 0;

  check(sentence, holds, seen) {
    if (holds) this.passed += 1;
    else this.failed += 1;
    console.log(`${holds ? 'ok' : 'not ok'} - ${sentence}${holds ? '' : `\n    seen: ${JSON.stringify(seen)}`}`);
  }

  // Holds when `seen` has all members of `wanted`, with the same values.
  same(sentence, seen, wanted) {
    const differs = Object.keys(wanted).some((name) => JSON.stringify(seen?.[name]) !== JSON.stringify(wanted[name]));
    this.check(sentence, !differs, { wanted, seen });
  }

  // The last line, which scripts/test counts. Returns the exit status.
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed > 0 || this.passed === 0 ? 1 : 0;
  }
}
