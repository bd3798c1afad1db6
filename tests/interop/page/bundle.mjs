// Makes one ES module per noVNC version, which exports its RFB class as it is.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const interop = dirname(dirname(fileURLToPath(import.meta.url)));

// Where each version's package has the class.
export const versions = {
  '1.0.0': 'core/rfb.js',
  '1.1.0': 'lib/rfb.js',
  '1.2.0': 'lib/rfb.js',
  '1.4.0': 'lib/rfb.js',
  '1.6.0': 'lib/rfb.js',
  '1.7.0': 'core/rfb.js',
};

// The default export may sit one or two levels down, depending on the module kind.
const entry = (path) => `
  import * as module from ${JSON.stringify(path)};
  const pick = (value) => typeof value === 'function' ? value : pick(value.default);
  export const RFB = pick(module);
  export const ready = globalThis.novncReady;
`;

// A CommonJS module cannot wait at its top level. Such a wait becomes a promise, and the
// page waits for that before it makes an RFB.
const waitOutside = {
  name: 'wait-outside',
  setup(build) {
    build.onLoad({ filter: /novnc-[^/]*\/lib\/util\/browser\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(
        /^(exports\.(\w+) = \2) = await (.+);$/m,
        'globalThis.novncReady = $3.then((value) => { $1 = value; });'),
    }));
  },
};

// The text of the module for `version`.
export async function bundle(version) {
  const path = `./node_modules/novnc-${version}/${versions[version]}`;
  const { outputFiles: [file] } = await esbuild.build({
    stdin: { contents: entry(path), resolveDir: interop },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
    logOverride: { 'ignored-bare-import': 'silent' },
    plugins: [waitOutside],
  });
  return file.text;
}
