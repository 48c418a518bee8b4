// A library in Scalar tries whether it may make code of text, for which the policy of the page has a
// report written. This tells it beforehand that it may not.
globalThis.__zod_globalConfig = { jitless: true };
