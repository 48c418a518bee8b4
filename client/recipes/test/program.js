import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Returns the path that this variable names. Without one there is nothing to test. */
export function named(variable, otherwise) {
  const path = process.env[variable] || otherwise;
  if (!path) throw new Error(`set ${variable} to the path of the program`);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new Error(`${variable}: ${path} is no program`);
  }
  return path;
}

/** Starts a program that prints its address, and returns that, with what stops the program. */
export async function start(path, args, settings) {
  const state = await mkdtemp(join(tmpdir(), 'handstamp-recipes-'));
  const env = { PATH: process.env.PATH, XDG_STATE_HOME: state, ...settings };
  const child = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (data) => {
    log += data;
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(state, { recursive: true });
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const base = line.match(/http:\/\/127\.0\.0\.1:\d+/)?.[0];
    if (!base) continue;
    child.stdout.resume();
    return { base, stop };
  }
  await stop();
  throw new Error(`${path} does not start: ${log}`);
}
