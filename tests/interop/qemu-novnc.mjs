// A real QEMU, qio-vnc beside it, and noVNC in a real browser: `node qemu-novnc.mjs`.
//
// QEMU boots a sector of our own. The page that qio-vnc serves must show what QEMU's monitor
// saves, through keys, other modes, and the end of either program. Prints "ok NAME" or
// "FAILED NAME REASON" lines.
import { inNewPage } from './novnc-page.mjs';
import { World, expectPicture, open, press, shownIn, until } from './qemu-machine.mjs';
import { deadlineMs, runAll } from './support.mjs';

const devices = ['-device', 'usb-ehci', '-device', 'usb-tablet',
  '-chardev', 'dbus,id=serial0,name=org.qemu.console.serial.0', '-serial', 'chardev:serial0'];

const kinds = {
  text: ({ colours }) => colours === 2,
  colours: ({ colours }) => colours > 100,
};
const expectSame = (page, machine, kind) => expectPicture(page, machine, kind, kinds[kind]);

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
  await page.goto(world.address);
  await page.locator('nav a', { hasText: 'serial0' }).click();
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
  await world.start('picture', devices);
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
