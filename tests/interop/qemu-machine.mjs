// Real machines of QEMU with qio-vnc beside them, and what a browser shows of them: the
// parts that tests with QEMU and noVNC share.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startBrowser } from './novnc-page.mjs';
import { built, deadlineMs, here, start } from './support.mjs';

const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Calls `check` until it is true.
export async function until(check, what) {
  const end = Date.now() + deadlineMs;
  while (!await check()) {
    if (Date.now() > end)
      throw new Error(`${what}: not within ${deadlineMs} ms`);
    await sleep(50);
  }
}

// A sum over the colours, which is made in the page in the same way.
function sumOf(pixels, step) {
  let sum = 2166136261;
  for (let i = 0; i < pixels.length; i += step)
    for (let part = 0; part < 3; ++part)
      sum = Math.imul(sum ^ pixels[i + part], 16777619) >>> 0;
  return sum;
}

class Machine {
  constructor(folder, sector, devices) {
    this.folder = folder;
    this.control = join(folder, `control-${process.hrtime.bigint()}`);
    this.process = spawn('qemu-system-x86_64', [
      '-machine', 'pc,accel=tcg', '-m', '16', '-nodefaults', '-vga', 'std',
      '-name', 'one', ...devices,
      '-display', `dbus,addr=unix:path=${folder}/bus`,
      '-drive', `file=${folder}/${sector}.img,format=raw,if=ide,snapshot=on`,
      '-qmp', `unix:${this.control},server=on,wait=off`], { stdio: 'ignore' });
    this.ended = once(this.process, 'exit');
  }

  async open() {
    await until(() => this.connect(), 'monitor');
    this.lines = createInterface({ input: this.socket })[Symbol.asyncIterator]();
    await this.lines.next();
    await this.call('qmp_capabilities');
    return this;
  }

  // The file is there before somebody listens.
  async connect() {
    this.socket = connect(this.control);
    return once(this.socket, 'connect').then(() => true, () => false);
  }

  async call(command, parameters = {}) {
    this.socket.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`);
    for (;;) {
      const { value } = await this.lines.next();
      const reply = JSON.parse(value);
      if (reply.error)
        throw new Error(`${command}: ${value}`);
      if (reply.return)
        return reply.return;
    }
  }

  async picture() {
    const path = join(this.folder, 'saved.ppm');
    await this.call('screendump', { filename: path });
    const data = readFileSync(path);
    const [, width, height] = data.subarray(0, 30).toString('latin1').split(/\s+/).map(Number);
    const pixels = data.subarray(data.length - 3 * width * height);
    return {
      text: `${width}x${height} ${sumOf(pixels, 3)}`,
      get colours() {  // takes long when the picture is large
        const colours = new Set();
        for (let i = 0; i < pixels.length; i += 3)
          colours.add(pixels.readUIntBE(i, 3));
        return colours.size;
      },
    };
  }

  async stop(signal = 'SIGTERM') {
    this.socket?.destroy();
    this.process.kill(signal);
    await this.ended;
  }
}

export const shownIn = (page) => page.evaluate(`(() => {
  const canvas = document.querySelector('canvas');
  if (!canvas?.width)
    return '';
  const sumOf = ${sumOf};
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return canvas.width + 'x' + canvas.height + ' ' + sumOf(data, 4);
})()`);

// Both sides have the same picture, which is the right one; returns its text.
export async function expectPicture(page, machine, what, isRight) {
  let last = [];
  const isSame = async () => {
    const picture = await machine.picture();
    last = [picture.text, await shownIn(page)];
    return last[0] === last[1] && isRight(picture);
  };
  await until(isSame, what).catch((error) => {
    throw new Error(`${error.message}: ${JSON.stringify(last)}`);
  });
  return last[0];
}

export async function press(page, key) {
  await page.locator('canvas').first().focus();
  await page.keyboard.press(key);
}

export async function open(page, address) {
  await page.goto(address);
  await page.waitForFunction(() => document.getElementById('status')?.textContent === 'connected',
    undefined, { timeout: deadlineMs });
}

export class World {
  // `sector`: the name of a file in machine/; `devices`: options of QEMU.
  async start(sector, devices) {
    Object.assign(this, { sector, devices });
    this.folder = mkdtempSync(join(tmpdir(), 'qio-qemu-'));
    const image = spawnSync('nasm', ['-f', 'bin', '-o', join(this.folder, `${sector}.img`),
      join(here, `machine/${sector}.asm`)]);
    if (image.status !== 0)
      throw new Error(`nasm: ${image.stderr}`);
    this.bus = await start('dbus-daemon', ['--session', '--nofork', '--nopidfile',
      '--print-address', `--address=unix:path=${this.folder}/bus`]);
    await this.startServer();
    await this.startMachine();
    this.browser = await startBrowser();
  }

  async startServer(port = 0) {
    this.server = await start(built('ui/tools/qio-vnc/qio-vnc'), [
      '-a', `unix:path=${this.folder}/bus`, '--wait', '-l', 'none',
      '--http', `127.0.0.1:${port}`, '--novnc', join(here, 'node_modules/novnc-1.7.0')]);
    this.address = this.server.line.match(/http:\S+/)[0];
  }

  async startMachine() {
    this.machine = await new Machine(this.folder, this.sector, this.devices).open();
  }

  async stop() {
    await this.browser?.close();
    await this.machine?.stop();
    await this.server?.stop();
    await this.bus?.stop();
    rmSync(this.folder, { recursive: true });
  }
}
