// A real QEMU, qio-vnc beside it, and noVNC in a real browser: `node qemu-novnc.mjs`.
//
// QEMU boots a sector of our own. The page that qio-vnc serves must show what QEMU's monitor
// saves, through keys, other modes, and the end of either program. Prints "ok NAME" or
// "FAILED NAME REASON" lines.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inNewPage, startBrowser } from './novnc-page.mjs';
import { built, deadlineMs, here, runAll, start } from './support.mjs';

const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Calls `check` until it is true.
async function until(check, what) {
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
  constructor(folder) {
    this.folder = folder;
    this.control = join(folder, `control-${process.hrtime.bigint()}`);
    this.process = spawn('qemu-system-x86_64', [
      '-machine', 'pc,accel=tcg', '-m', '16', '-nodefaults', '-vga', 'std',
      '-device', 'usb-ehci', '-device', 'usb-tablet', '-name', 'one',
      '-display', `dbus,addr=unix:path=${folder}/bus`,
      '-chardev', 'dbus,id=serial0,name=org.qemu.console.serial.0', '-serial', 'chardev:serial0',
      '-drive', `file=${folder}/picture.img,format=raw,if=ide,snapshot=on`,
      '-qmp', `unix:${this.control},server=on,wait=off`], { stdio: 'ignore' });
    this.ended = once(this.process, 'exit');
  }

  async open() {
    await until(() => existsSync(this.control), 'monitor');
    this.socket = connect(this.control);
    this.lines = createInterface({ input: this.socket })[Symbol.asyncIterator]();
    await this.lines.next();
    await this.call('qmp_capabilities');
    return this;
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
    const colours = new Set();
    for (let i = 0; i < pixels.length; i += 3)
      colours.add(pixels.readUIntBE(i, 3));
    return { text: `${width}x${height} ${sumOf(pixels, 3)}`, colours: colours.size };
  }

  async stop(signal = 'SIGTERM') {
    this.socket?.destroy();
    this.process.kill(signal);
    await this.ended;
  }
}

const shownIn = (page) => page.evaluate(`(() => {
  const canvas = document.querySelector('canvas');
  if (!canvas?.width)
    return '';
  const sumOf = ${sumOf};
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return canvas.width + 'x' + canvas.height + ' ' + sumOf(data, 4);
})()`);

// Both sides have the same picture, of that kind: "text" has two colours.
async function expectSame(page, machine, kind) {
  let last = [];
  const isSame = async () => {
    const { text, colours } = await machine.picture();
    last = [text, colours, await shownIn(page)];
    return (kind === 'text' ? colours === 2 : colours > 100) && last[2] === text;
  };
  await until(isSame, kind).catch((error) => {
    throw new Error(`${error.message}: ${JSON.stringify(last)}`);
  });
  return last[0];
}

async function press(page, key) {
  await page.locator('canvas').first().focus();
  await page.keyboard.press(key);
}

async function open(page, address) {
  await page.goto(address);
  await page.waitForFunction(() => document.getElementById('status')?.textContent === 'connected',
    undefined, { timeout: deadlineMs });
}

class World {
  async start() {
    this.folder = mkdtempSync(join(tmpdir(), 'qio-qemu-'));
    const image = spawnSync('nasm', ['-f', 'bin', '-o', join(this.folder, 'picture.img'),
      join(here, 'machine/picture.asm')]);
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
    this.machine = await new Machine(this.folder).open();
  }

  async stop() {
    await this.browser?.close();
    await this.machine?.stop();
    await this.server?.stop();
    await this.bus?.stop();
    rmSync(this.folder, { recursive: true });
  }
}

async function checkPictures(page, world) {
  await open(page, world.address);
  await expectSame(page, world.machine, 'colours');
  if (await page.title() !== 'QEMU (one)')
    throw new Error(`the title is ${await page.title()}`);
  const texts = new Set();
  for (const key of ['a', 'b', 'Shift+C', '7', 'z']) {
    await press(page, key);
    texts.add(await expectSame(page, world.machine, 'text'));
    await press(page, 'Space');
    await expectSame(page, world.machine, 'colours');
  }
  if (texts.size !== 5)
    throw new Error(`five keys gave ${texts.size} pictures`);
}

// What is typed in the terminal is what the machine sends back.
async function checkSerialPort(page, world) {
  await open(page, `${world.address}?path=serial.0`);
  await page.waitForFunction(() => document.title.endsWith(': serial.0'), undefined,
    { timeout: deadlineMs });
  const seen = new Set([await shownIn(page)]);
  for (const key of ['o', 'k', 'Enter']) {
    await press(page, key);
    await until(async () => !seen.has(await shownIn(page)), `${key} on the serial port`);
    seen.add(await shownIn(page));
  }
}

// The machine goes on when the server is ended by force, and there is a next one.
async function checkEndOfServer(page, world) {
  await open(page, world.address);
  await expectSame(page, world.machine, 'colours');
  await world.server.stop('SIGKILL');
  await page.waitForFunction(
    () => document.getElementById('status')?.textContent === 'disconnected',
    undefined, { timeout: deadlineMs });
  const { status } = await world.machine.call('query-status');
  if (status !== 'running')
    throw new Error(`the machine is ${status}`);
  await world.startServer();
  await open(page, world.address);
  await expectSame(page, world.machine, 'colours');
}

// Viewers stay when the machine is ended by force, and see the next one.
async function checkEndOfMachine(page, world) {
  await open(page, world.address);
  const before = await expectSame(page, world.machine, 'colours');
  await world.machine.stop('SIGKILL');
  await until(async () => await shownIn(page) !== before, 'placeholder');
  await world.startMachine();
  await expectSame(page, world.machine, 'colours');
  await press(page, 'x');
  await expectSame(page, world.machine, 'text');
}

const world = new World();
try {
  await world.start();
  const check = (name, run) => [name, () => inNewPage(world.browser, (page) => run(page, world))];
  await runAll('qemu-novnc ', [
    check('pictures, keys and modes', checkPictures),
    check('serial port', checkSerialPort),
    check('end of qio-vnc', checkEndOfServer),
    check('end of QEMU', checkEndOfMachine),
  ]);
} finally {
  await world.stop();
}
