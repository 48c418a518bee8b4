// A fresh project of TypeScript: every export with its types, mistakes that must not compile, and Node.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../child.mjs';

export async function typescript({ rows, unpacked, install }) {
  const cwd = await install('typescript');
  // Its examples are what people copy.
  const readme = await readFile(join(unpacked, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/^```(?:js|ts|jsx|tsx)\n(.*?)^```/gms)];
  for (const [index, [, example]] of examples.entries()) await writeFile(join(cwd, `readme-${index}.tsx`), example);
  rows.check('typescript: the README has examples', examples.length > 0);

  const all = [
    ['every export has its types', /^exports\.ts/],
    ['a server that renders pages has its types, and its mistakes do not compile', /^server\.ts/],
    ['useSession has its types', /^session\.tsx/],
    ['a CommonJS module can require it', /^common\.cts/],
    ['mistakes do not compile', /^wrong\.ts/],
    ['the examples of the README compile', /^readme-/],
  ];
  const onNode = [...all.slice(0, 2), ["it takes the requests of Node's server", /^http\.ts/]];
  for (const [name, tsconfig, sentences] of [
    ['as `tsc --init` has it', 'tsconfig.json', all],
    ['for a bundler', 'tsconfig.bundler.json', all],
    ['on Node, without the types of a browser', 'tsconfig.node.json', onNode],
  ]) {
    const compile = ['node_modules/typescript/bin/tsc', '--pretty', 'false', '-p', tsconfig];
    const { status, printed } = await run(60, 'node', compile, { cwd });
    const errors = printed.split('\n').filter((line) => line !== '');
    const rest = new Set(errors);
    for (const [sentence, file] of sentences) {
      const own = errors.filter((line) => file.test(line));
      for (const line of own) rest.delete(line);
      rows.check(`typescript, ${name}: ${sentence}`, own.length === 0, own);
    }
    const isRight = rest.size === 0 && (status === 0) === (errors.length === 0);
    const seen = [status, ...rest];
    rows.check(`typescript, ${name}: nothing else is wrong, nor in the types of the package`, isRight, seen);
  }

  const sources = (await readdir(cwd)).filter((name) => /^[a-z]+\.(ts|tsx|cts)$/.test(name));
  const used = (await Promise.all(sources.map((name) => readFile(join(cwd, name), 'utf8')))).join('\n');
  const names = await exported(unpacked);
  const unused = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(used));
  rows.check('typescript: no export is left out here', names.length > 0 && unused.length === 0, unused);

  const everything = "import 'handstamp'; import 'handstamp/react'; import 'handstamp/server'";
  for (const [sentence, code] of [
    ['an import on Node does nothing, and keeps no process', everything],
    ['nor does a client that is made there', "import { createClient } from 'handstamp'; createClient()"],
    ['nor one that CommonJS requires', "require('handstamp').createClient()"],
  ]) {
    const type = code.startsWith('require') ? 'commonjs' : 'module';
    const seen = await run(10, 'node', [`--input-type=${type}`, '--eval', code], { cwd });
    rows.same(`typescript: ${sentence}`, seen, { status: 0, printed: '' });
  }
}

// Returns the names, of types as well, that the entries of the package export.
async function exported(unpacked) {
  const { exports } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
  const names = [];
  for (const { types } of Object.values(exports)) {
    const text = await readFile(join(unpacked, types), 'utf8');
    const lists = text.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
    for (const [, list] of lists) names.push(...list.split(',').map((name) => name.trim().split(' as ').at(-1)));
    const declared = text.matchAll(/^export (?:declare )?(?:function|const|class|interface|type) (\w+)/gm);
    for (const [, name] of declared) names.push(name);
  }
  return names;
}
