// Node's WebSocket client against ws-echo, which echoes bytes as a stream of binary frames;
// plain and over TLS.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { built, runAll, start, within } from './support.mjs';

const sizes = [1, 125, 126, 65535, 65536, 1024 * 1024];
const closeCodes = [1000, 1001, 3000, 4999];

// How to reach the server, beside its port: ws or wss, and what is trusted.
let scheme = 'ws';
let ca;

async function connect(port, protocols = [], options = {}) {
  const socket = new WebSocket(`${scheme}://127.0.0.1:${port}/`, protocols, { ca, ...options });
  socket.once('upgrade', ({ headers }) => {
    socket.agreed = headers['sec-websocket-extensions'] ?? '';
  });
  await within(once(socket, 'open'), 'open');
  return socket;
}

// The next `count` bytes from the socket, however they are framed; more is an error.
function receive(socket, count) {
  return within(new Promise((done, failed) => {
    const parts = [];
    let total = 0;
    const settle = (how, value) => {
      socket.removeAllListeners('message');
      socket.removeAllListeners('close');
      how(value);
    };
    socket.on('close', (code) => settle(failed, new Error(`closed with ${code}`)));
    socket.on('message', (data, isBinary) => {
      total += data.length;
      parts.push(data);
      if (!isBinary || total > count)
        settle(failed, new Error(isBinary ? `${total} bytes, not ${count}` : 'a text message'));
      else if (total === count)
        settle(done, Buffer.concat(parts));
    });
  }), `${count} bytes`);
}

function expectEqual(found, wanted, what) {
  if (Buffer.isBuffer(wanted) ? !wanted.equals(found) : found !== wanted)
    throw new Error(`${what}: ${found}, not ${wanted}`.slice(0, 300));
}

async function expectEcho(socket, bytes) {
  const answer = receive(socket, bytes.length);
  socket.send(bytes);
  expectEqual(await answer, bytes, 'echo');
}

async function closed(socket) {
  const [code, reason] = await within(once(socket, 'close'), 'close');
  return { code, reason: String(reason) };
}

async function echoesNothingForNothing(port) {
  const socket = await connect(port);
  socket.send(Buffer.alloc(0));
  // Had anything come back for the empty message, this would count it too.
  await expectEcho(socket, Buffer.from('x'));
  socket.close();
  await closed(socket);
}

async function echoes(port, size) {
  const socket = await connect(port);
  await expectEcho(socket, randomBytes(size));
  await expectEcho(socket, randomBytes(size));
  socket.close();
  await closed(socket);
}

async function refusesText(port) {
  const socket = await connect(port);
  socket.send('text');
  expectEqual((await closed(socket)).code, 1003, 'close code');
}

async function answersPings(port) {
  const socket = await connect(port);
  for (const size of [0, 1, 125]) {
    const payload = randomBytes(size);
    const answer = within(once(socket, 'pong'), 'pong');
    socket.ping(payload);
    expectEqual((await answer)[0], payload, 'pong');
  }
  socket.close();
  await closed(socket);
}

async function joinsFragments(port) {
  const socket = await connect(port);
  const bytes = randomBytes(70_001);
  const answer = receive(socket, bytes.length);
  const pong = within(once(socket, 'pong'), 'pong');
  socket.send(bytes.subarray(0, 10), { binary: true, fin: false });
  socket.send(bytes.subarray(10, 10), { binary: true, fin: false });
  socket.ping(Buffer.from('between'));
  socket.send(bytes.subarray(10, 70_000), { binary: true, fin: false });
  socket.send(bytes.subarray(70_000), { binary: true, fin: true });
  expectEqual(String((await pong)[0]), 'between', 'pong');
  expectEqual(await answer, bytes, 'echo');
  socket.close();
  await closed(socket);
}

async function echoesTheCloseCode(port, code) {
  const socket = await connect(port);
  socket.close(code, 'reason');
  expectEqual((await closed(socket)).code, code, 'close code');
}

async function refusesPagesFromElsewhere(port) {
  const refused = connect(port, [], { origin: 'https://elsewhere.example' });
  const message = await refused.then(() => 'was let in', (error) => error.message);
  expectEqual(message.includes('403'), true, message);
  const socket = await connect(port, [], { origin: 'https://127.0.0.1:1' });
  socket.close();
  await closed(socket);
}

async function choosesTheSubProtocol(serverOptions) {
  const server = await start(program, [...serverOptions, '--sub-protocol', 'binary']);
  try {
    const port = server.line.split(' ')[1];
    for (const [offered, chosen] of [[['binary'], 'binary'], [['base64', 'binary'], 'binary'],
      [[], '']]) {
      const socket = await connect(port, offered);
      expectEqual(socket.protocol, chosen, `sub-protocol for [${offered}]`);
      socket.close();
      await closed(socket);
    }
  } finally {
    await server.stop();
  }
}

// What the client offers, what ws-echo wants, and what must have been agreed on.
const compressions = [
  ['deflate', {}, [], []],
  ['deflate-theirs', {
    serverNoContextTakeover: true, clientNoContextTakeover: true,
    serverMaxWindowBits: 10, clientMaxWindowBits: 11,
  }, [], ['server_no_context_takeover', 'client_no_context_takeover',
    'server_max_window_bits=10', 'client_max_window_bits=11']],
  ['deflate-ours', {}, ['--no-takeover', '--own-window-bits', '10', '--peer-window-bits', '11'],
    ['server_no_context_takeover', 'client_max_window_bits=11']],
];

// Messages that compress well, fragments of them, and some that do not.
async function echoesCompressed(port, offer, agreed) {
  const socket = await connect(port, [], { perMessageDeflate: { threshold: 0, ...offer } });
  for (const word of ['permessage-deflate', ...agreed])
    expectEqual(socket.agreed.includes(word), true, `${word} in '${socket.agreed}'`);
  const received = () => socket._socket.bytesRead;
  for (const size of sizes) {
    await expectEcho(socket, randomBytes(size));
    const before = received();
    await expectEcho(socket, Buffer.alloc(size, 'compressible '));
    if (size > 1000)
      expectEqual(received() - before < size / 10, true, `${size} bytes are sent compressed`);
  }
  const bytes = Buffer.alloc(70_001, 'fragments ');
  const answer = receive(socket, bytes.length);
  socket.send(bytes.subarray(0, 100), { binary: true, fin: false });
  socket.ping(Buffer.from('between'));
  socket.send(bytes.subarray(100, 70_000), { binary: true, fin: false });
  socket.send(bytes.subarray(70_000), { binary: true, fin: true });
  expectEqual(await answer, bytes, 'echo');
  socket.close();
  expectEqual((await closed(socket)).code, 1005, 'close code');
}

async function checkCompressions(serverOptions) {
  for (const [name, offer, options, agreed] of compressions) {
    const server = await start(program, [...serverOptions, '--deflate', ...options]);
    try {
      const port = server.line.split(' ')[1];
      await runAll(`ws-node ${scheme} `, [[name, () => echoesCompressed(port, offer, agreed)]]);
    } finally {
      await server.stop();
    }
  }
}

async function checkAll(serverOptions) {
  const server = await start(program, serverOptions);
  const port = server.line.split(' ')[1];
  try {
    await runAll(`ws-node ${scheme} `, [
      ['echo-0', () => echoesNothingForNothing(port)],
      ...sizes.map((size) => [`echo-${size}`, () => echoes(port, size)]),
      ['text', () => refusesText(port)],
      ['ping', () => answersPings(port)],
      ['fragments', () => joinsFragments(port)],
      ...closeCodes.map((code) => [`close-${code}`, () => echoesTheCloseCode(port, code)]),
      ['sub-protocol', () => choosesTheSubProtocol(serverOptions)],
      ['origin', () => refusesPagesFromElsewhere(port)],
    ]);
  } finally {
    await server.stop();
  }
}

const program = built('tests/interop/ws-echo');
const folder = mkdtempSync(join(tmpdir(), 'qio-ws-node-'));
try {
  await checkAll(['--port', '0']);
  await checkCompressions(['--port', '0']);
  execFileSync(built('tests/interop/make-credentials'), [folder]);
  scheme = 'wss';
  ca = readFileSync(join(folder, 'ca-cert.pem'));
  const secured = ['--port', '0', '--tls', folder, '--no-verify'];
  await checkAll(secured);
  await checkCompressions(secured);
} finally {
  rmSync(folder, { recursive: true });
}
