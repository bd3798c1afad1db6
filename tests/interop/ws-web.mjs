// The browsers' WebSocket interface against ws-echo, plain and over TLS, in Chromium and in
// Node (undici): `node ws-web.mjs [chromium|undici]...`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Agent, WebSocket as UndiciWebSocket } from 'undici';
import { built, deadlineMs, runAll, start } from './support.mjs';

const sizes = [0, 1, 125, 126, 65535, 65536, 1024 * 1024];

// In the page, so nothing from outside: one connection, and what came of it.
async function talk({ url, protocols, messages, close, options }) {
  const socket = new globalThis.WebSocket(url, options ?? protocols);
  socket.binaryType = 'arraybuffer';
  const seen = { received: [], protocol: null, extensions: null };
  const bytes = (size) => Uint8Array.from({ length: size }, (_, i) => (i * 131) & 255);
  const describe = (data) => {
    if (typeof data === 'string')
      return data;
    const found = new Uint8Array(data);
    return bytes(found.length).every((byte, i) => byte === found[i])
      ? found.length : `other bytes, ${found.length}`;
  };
  return new Promise((done) => {
    socket.onopen = () => {
      seen.protocol = socket.protocol;
      seen.extensions = socket.extensions;
      for (const message of messages)
        socket.send(typeof message === 'string' ? message : bytes(message));
      if (messages.length === 0)
        socket.close(...close);
    };
    socket.onmessage = ({ data }) => {
      seen.received.push(describe(data));
      if (seen.received.length === messages.length)
        socket.close(...close);
    };
    socket.onerror = () => done({ ...seen, code: 1006 });
    socket.onclose = ({ code, reason, wasClean }) => done({ ...seen, code, reason, wasClean });
  });
}

function expect(seen, wanted) {
  for (const [key, value] of Object.entries(wanted)) {
    if (JSON.stringify(seen[key]) !== JSON.stringify(value))
      throw new Error(`${key}: ${JSON.stringify(seen)}`.slice(0, 300));
  }
}

// `use` runs talk() where the peer is.
function checks(use, url, agreed) {
  const exchange = async (messages, wanted, close = [1000]) => {
    const seen = await use({ url, protocols: ['binary'], messages, close });
    expect(seen, { received: messages, code: close[0], wasClean: true, ...wanted });
    for (const word of agreed)
      if (!seen.extensions.includes(word))
        throw new Error(`no ${word} in '${seen.extensions}'`);
  };
  return [
    ...sizes.map((size) => [`echo-${size}`, () => exchange([size, size], {})]),
    ['text', () => exchange(['grüße 世界 😀', ''], {})],
    ['mixed', () => exchange(['one', 2, 'three', 70000], {})],
    ['close-4999', () => exchange(['text'], {}, [4999, 'done'])],
    ['closed-by-server', async () => {
      const seen = await use({ url, protocols: ['binary'], messages: ['close 4001 farewell'] });
      expect(seen, { received: [], code: 4001, reason: 'farewell', wasClean: true });
    }],
    ['sub-protocol', async () => {
      for (const [protocols, protocol] of [[['other', 'binary'], 'binary'], [[], '']])
        expect(await use({ url, protocols, messages: ['x'], close: [1000] }), { protocol });
      expect(await use({ url, protocols: ['other'], messages: [] }), { code: 1006 });
    }],
  ];
}

async function withChromium(folder, run) {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>a page</title>');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--ignore-certificate-errors', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  try {
    const page = await browser.newPage();
    const { port } = server.address();
    await page.goto(`http://127.0.0.1:${port}/`, { timeout: deadlineMs });
    await run((what) => page.evaluate(talk, what), async (url) => {
      // The same page under a name that is not the server's own.
      await page.goto(`http://localhost:${port}/`, { timeout: deadlineMs });
      const seen = await page.evaluate(talk, { url, protocols: [], messages: [] });
      expect(seen, { code: 1006, protocol: null });
    });
  } finally {
    await browser.close();
    server.close();
  }
}

async function withUndici(folder, run) {
  const dispatcher = new Agent({ connect: { ca: readFileSync(join(folder, 'ca-cert.pem')) } });
  globalThis.WebSocket = UndiciWebSocket;
  try {
    await run((what) => talk({ ...what, options: { protocols: what.protocols, dispatcher } }));
  } finally {
    await dispatcher.close();
  }
}

const peers = { chromium: withChromium, undici: withUndici };
// How ws-echo is started beside that, and what must be agreed on.
const variants = [
  ['', [], []],
  ['deflate ', ['--deflate'], ['permessage-deflate']],
  ['deflate-ours ', ['--deflate', '--no-takeover', '--own-window-bits', '10'],
    ['permessage-deflate', 'server_no_context_takeover']],
];
const asked = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'qio-web-'));
execFileSync(built('tests/interop/make-credentials'), [folder]);

async function checkAll(scheme, options, variant, agreed) {
  const server = await start(built('tests/interop/ws-echo'),
    ['--port', '0', '--messages', '--sub-protocol', 'binary', ...options]);
  const url = `${scheme}://127.0.0.1:${server.line.split(' ')[1]}/`;
  try {
    for (const [name, peer] of Object.entries(peers)) {
      if (asked.length > 0 && !asked.includes(name))
        continue;
      await peer(folder, (use, fromElsewhere) => runAll(`ws-web ${name} ${scheme} ${variant}`, [
        ...checks(use, url, agreed),
        ...(fromElsewhere ? [['origin', () => fromElsewhere(url)]] : []),
      ]));
    }
  } finally {
    await server.stop();
  }
}

try {
  for (const [scheme, options] of [['ws', []], ['wss', ['--tls', folder, '--no-verify']]])
    for (const [variant, more, agreed] of variants)
      await checkAll(scheme, [...options, ...more], variant, agreed);
} finally {
  rmSync(folder, { recursive: true });
}
