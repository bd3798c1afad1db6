// The moving picture's server (vnc-scene), and what a browser page shows of it.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { built, deadlineMs, within } from './support.mjs';

export const lastStep = 24;
export const scenePpm = (step) =>
  spawnSync(built('tests/interop/vnc-scene'), ['--ppm', step], { maxBuffer: 1 << 24 }).stdout;

// A running server: its lines, and what it is told.
export class Scene {
  constructor(...options) {
    this.child = spawn(built('tests/interop/vnc-scene'), ['--port', '0', ...options],
      { stdio: ['pipe', 'pipe', 'inherit'] });
    this.exited = new Promise((done) => this.child.once('exit', done));
    this.lines = [];
    this.waiting = () => {};
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.waiting();
    });
  }

  static async start(...options) {
    const scene = new Scene(...options);
    scene.port = Number((await scene.line('listening ')).split(' ')[1]);
    return scene;
  }

  say(...words) {
    this.child.stdin.write(`${words.join(' ')}\n`);
  }

  // The next line that begins so; those before it are gone, and in `passed`.
  line(beginning) {
    this.passed = [];
    const found = new Promise((done) => {
      this.waiting = () => {
        while (this.lines.length > 0) {
          const line = this.lines.shift();
          if (line.startsWith(beginning)) {
            this.waiting = () => {};
            done(line);
            return;
          }
          this.passed.push(line);
        }
      };
      this.waiting();
    });
    return within(found, `'${beginning}' after ${this.passed.slice(-3)}`, deadlineMs / 2);
  }

  async stop() {
    this.child.kill('SIGTERM');
    await within(this.exited, 'end of vnc-scene', 5_000);
  }
}

// In the page, before anything else: what is sent and received, and the encodings that the
// server is to use. `wanted` is empty for noVNC's own list.
export function watchTraffic({ wanted, lossless }) {
  const pictures = [0, 1, 2, 5, 6, 7, 15, 16, 21, 50, -260];
  const isQuality = (number) => number >= -32 && number <= -23;
  window.traffic = { sent: [], received: [], asked: [] };
  const sizes = { 0: () => 20, 2: (view, at) => 4 + 4 * view.getUint16(at + 2), 3: () => 10,
    4: () => 8, 5: () => 6, 150: () => 10, 255: () => 12,
    248: (view, at) => 9 + view.getUint8(at + 8),
    6: (view, at) => 8 + Math.abs(view.getInt32(at + 4)) };

  function withWanted(bytes, at, count) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    const all = Array.from({ length: count }, (_, index) => view.getInt32(4 + 4 * index));
    window.traffic.asked = all;
    if (wanted.length === 0)
      return bytes;
    const list = [...wanted, ...all.filter((number) =>
      !pictures.includes(number) && !(lossless && isQuality(number)))];
    const out = new Uint8Array(bytes.length + 4 * (list.length - count));
    const view2 = new DataView(out.buffer);
    out.set(bytes.subarray(0, at + 4));
    view2.setUint16(at + 2, list.length);
    list.forEach((number, index) => view2.setInt32(at + 4 + 4 * index, number));
    out.set(bytes.subarray(at + 4 + 4 * count), at + 4 + 4 * list.length);
    return out;
  }

  // Kinds of messages; the handshake's are none.
  function changed(data) {
    let bytes = new Uint8Array(data.slice ? data.slice() : data);
    if (bytes.length < 4)
      return data;
    for (let at = 0; at + 4 <= bytes.length;) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const kind = bytes[at];
      if (!(kind in sizes))
        return data;
      const length = sizes[kind](view, at);
      if (at + length > bytes.length)
        return data;
      window.traffic.sent.push(kind);
      const count = kind === 2 ? view.getUint16(at + 2) : 0;
      const before = bytes.length;
      if (kind === 2)
        bytes = withWanted(bytes, at, count);
      at += length + bytes.length - before;
    }
    return bytes;
  }

  function keepReceived(socket) {
    let kept = 0;
    socket.addEventListener('message', ({ data }) => {
      if (kept < 1 << 16)
        window.traffic.received.push(...new Uint8Array(data.slice(0, (1 << 16) - kept)));
      kept += data.byteLength;
    });
    return socket;
  }

  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    send.call(this, changed(data));
  };
  window.WebSocket = new Proxy(WebSocket, {
    construct: (target, parameters) => keepReceived(new target(...parameters)) });
}

// The number of the first encoding of pixels in what a page received without a login.
export function firstEncoding(received) {
  const bytes = Uint8Array.from(received);
  const view = new DataView(bytes.buffer);
  let at = 12 + 1 + bytes[12] + 4;
  at += 24 + view.getUint32(at + 20);
  const skip = { 1: () => 6 + 6 * view.getUint16(at + 4), 2: () => 1, 150: () => 1, 250: () => 4,
    3: () => 8 + Math.abs(view.getInt32(at + 4)), 248: () => 9 + bytes[at + 8] };
  const pseudo = { '-223': () => 0, '-258': () => 0, '-261': () => 1, '-316': () => 0,
    '-224': () => 0, '-308': () => 4 + 16 * bytes[at], '-307': () => 4 + view.getUint32(at),
    '-239': (pixels, mask) => 4 * pixels + mask,
    [0x574d5664]: (pixels) => 2 + (bytes[at] === 1 ? 4 : 8) * pixels };
  while (at < bytes.length) {
    if (bytes[at] !== 0) {
      at += skip[bytes[at]]();
      continue;
    }
    const count = view.getUint16(at + 2);
    at += 4;
    for (let index = 0; index < count; ++index) {
      const [width, height] = [view.getUint16(at + 4), view.getUint16(at + 6)];
      const number = view.getInt32(at + 8);
      at += 12;
      if (!(number in pseudo))
        return number;
      at += pseudo[number](width * height, Math.ceil(width / 8) * height);
    }
  }
  return null;
}

// In the page: how many pixels of the canvas are not those of the step's picture. A larger
// canvas may show more.
export async function defineDifferences() {
  const pictures = {};
  const load = async (step) => {
    const data = new Uint8Array(await (await fetch(`/scene-${step}.ppm`)).arrayBuffer());
    const head = new TextDecoder().decode(data.slice(0, 20)).match(/^P6 (\d+) (\d+) 255\n/);
    return { width: Number(head[1]), height: Number(head[2]), data: data.slice(head[0].length) };
  };
  window.differences = async (step) => {
    const picture = pictures[step] ??= await load(step);
    const canvas = document.querySelector('#screen canvas');
    if (!canvas || canvas.width < picture.width || canvas.height < picture.height)
      return -1;
    const shown = canvas.getContext('2d')
      .getImageData(0, 0, picture.width, picture.height).data;
    let count = 0;
    for (let at = 0, from = 0; at < shown.length; at += 4, from += 3)
      if (shown[at] !== picture.data[from] || shown[at + 1] !== picture.data[from + 1]
        || shown[at + 2] !== picture.data[from + 2])
        ++count;
    return count;
  };
}

export async function expectPicture(page, step) {
  const end = Date.now() + deadlineMs / 2;
  for (let last = -1; (last = await page.evaluate((at) => window.differences(at), step)) !== 0;)
    if (Date.now() > end) {
      const seen = JSON.stringify(await page.evaluate(() => window.seen ?? null));
      throw new Error(`step ${step}: ${last} pixels differ ${seen}`);
    }
}
