// What is in the package.

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

export async function packed({ rows, unpacked }) {
  const files = await filesIn(unpacked);
  const expected = /^(package\.json|README\.md|LICENSE-(APACHE|MIT)|dist\/[\w/-]+\.(js|d\.ts))$/;
  const others = files.filter((file) => !expected.test(file) || /\btests?\b/.test(file));
  rows.check('what is packed is the built code, its types, the README and the licences', others.length === 0, others);
  const modules = files.filter((file) => file.endsWith('.js'));
  const untyped = modules.filter((file) => !files.includes(file.replace(/js$/, 'd.ts')));
  rows.check('each module has its types', modules.length > 0 && untyped.length === 0, untyped);
  const missing = [];
  for (const file of files) {
    const map = /^\/\/# sourceMappingURL=(.*)$/m.exec(await readFile(join(unpacked, file), 'utf8'))?.[1];
    if (map && !files.includes(join(file, '..', map))) missing.push(map);
  }
  rows.check('no file names a source map that is not packed', missing.length === 0, missing);
  for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) {
    const ours = await readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
    rows.check(`${name} is that of the project`, (await readFile(join(unpacked, name), 'utf8')) === ours);
  }

  const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
  const { exports, scripts, dependencies, optionalDependencies } = manifest;
  rows.same('its fields say what it is, where it comes from and what it needs', manifest, {
    name: 'handstamp',
    license: 'MIT OR Apache-2.0',
    repository: { type: 'git', url: 'git+https://github.com/handstamp/handstamp.git', directory: 'client' },
    engines: { node: '>=20' },
    type: 'module',
    sideEffects: false,
    peerDependencies: { react: '>=18' },
    peerDependenciesMeta: { react: { optional: true } },
  });
  const needed = { ...dependencies, ...optionalDependencies };
  rows.check('it depends on no package', Object.keys(needed).length === 0, needed);
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => scripts?.[name]);
  rows.check('it runs nothing when it is installed', hooks.length === 0, hooks);
  const targets = Object.values(exports).flatMap((conditions) => Object.values(conditions));
  const absent = targets.filter((target) => !files.includes(target.replace('./', '')));
  rows.check('each file that its exports name is packed', targets.length > 0 && absent.length === 0, absent);
}

async function filesIn(directory) {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => relative(directory, join(file.parentPath, file.name)));
}
