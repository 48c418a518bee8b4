// Programs that are run to their end, or started and ended later. None outlives this process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set();

// A child leads a group of its own: to end the group ends what the child has started as well.
export async function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options, detached: true });
  await once(child, 'spawn');
  running.add(child);
  child.on('close', () => running.delete(child));
  return child;
}

// Runs a program, for so many seconds at most. Returns its status (null if it was ended) and all that it printed.
export async function run(seconds, command, args, options) {
  const child = await start(command, args, options);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => { printed += text; });
  }
  const timer = setTimeout(() => {
    printed += `\n[ended after ${seconds} s]`;
    end(child);
  }, seconds * 1000);
  try {
    const [status] = await once(child, 'close');
    return { status, printed };
  } finally {
    clearTimeout(timer);
  }
}

// Runs what must succeed, before anything can be checked, and says so, for it takes long. Returns what it printed.
export async function must(doing, seconds, command, args, options) {
  console.log(`# ${doing}`);
  const { status, printed } = await run(seconds, command, args, options);
  if (status !== 0) throw new Error(`${doing}: status ${status}\n${printed.slice(-4000)}`);
  return printed;
}

export function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // It has just ended by itself.
    if (error.code !== 'ESRCH') throw error;
  }
}

process.on('exit', () => {
  for (const child of running) end(child);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
