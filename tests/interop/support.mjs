// What the clients here share: starting the program under test, and waiting with a deadline.
import { spawn } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
export const deadlineMs = 1000 * (process.env.QIO_DEADLINE ?? 30);

// A program of the build folder; QIO_BUILD names another one than `build`.
export function built(path) {
  return resolve(root, process.env.QIO_BUILD ?? 'build', path);
}

// `promise`, or an error that says what was waited for.
export async function within(promise, what, ms = deadlineMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

// Starts a program and resolves with its first line of output and a stop().
export async function start(path, args) {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code)));
  const stop = async (signal = 'SIGTERM') => {
    child.kill(signal);
    return within(exited, `end of ${path}`, 5_000).catch((error) => {
      child.kill('SIGKILL');
      throw error;
    });
  };
  const line = new Promise((done, failed) => {
    createInterface({ input: child.stdout }).once('line', done);
    child.once('error', failed);
    exited.then((status) => failed(new Error(`${path} ended (${status}) before it was ready`)));
  });
  try {
    return { line: await within(line, `first line of ${path}`), stop };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

// Runs named checks one after another; prints "ok NAME" or "FAILED NAME REASON" for each.
export async function runAll(prefix, checks) {
  for (const [name, check] of checks) {
    try {
      await within(check(), name, 2 * deadlineMs);
      console.log(`ok ${prefix}${name}`);
    } catch (error) {
      console.log(`FAILED ${prefix}${name} ${String(error.message).replaceAll('\n', ' | ')}`);
      process.exitCode = 1;
    }
  }
}
