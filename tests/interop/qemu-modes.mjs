// A real QEMU that changes its screen's size, qio-vnc beside it, and the newest and an old
// noVNC in a real browser: `node qemu-modes.mjs`.
//
// With every key the machine goes to the next mode. The canvas must become what QEMU's
// monitor saves, and what the pointer does must come to the machine. Prints "ok NAME" or
// "FAILED NAME REASON" lines.
import { expectConnected, expectNoErrors, inNewPage, servePages } from './novnc-page.mjs';
import { World, expectPicture, open, press, until } from './qemu-machine.mjs';
import { runAll } from './support.mjs';

// Up, and down again. The machine is at one of them, and each key takes it to the next.
const sizes = ['640x480', '720x400', '1024x768', '1920x1080', '1024x768', '720x400'];
const keys = ['a', 'Enter', 'Shift+Z', '7', 'Space', 'ArrowLeft'];

const expectSize = (page, machine, size) => expectPicture(page, machine, size,
  ({ text }) => text.startsWith(`${size} `));

// Where the machine says that its pointer is, in pixels, and the buttons that are down.
const pointerIn = (page, width, height) => page.evaluate(([w, h]) => {
  const place = parseInt(window.pixel([0, 0]), 16);
  return [(place >> 12) * w / 4096, (place & 4095) * h / 4096,
    parseInt(window.pixel([8, 0]), 16)];
}, [width, height]);

async function expectPointer(page, size) {
  const [width, height] = size.split('x').map(Number);
  const box = await page.locator('canvas').first().boundingBox();
  const left = 0x20;
  const place = async (x, y, buttons) => {
    let found;
    const isThere = async () => {
      found = await pointerIn(page, width, height);
      return Math.abs(found[0] - x * width / box.width) < 2
        && Math.abs(found[1] - y * height / box.height) < 2 && found[2] === buttons;
    };
    await until(isThere, `pointer at ${x}, ${y}, ${buttons}`).catch((error) => {
      throw new Error(`${error.message}, but ${found}`);
    });
  };
  for (const [x, y] of [[300, 200], [111, 333]]) {
    await page.mouse.move(box.x + x, box.y + y);
    await place(x, y, 0);
    await page.mouse.down();
    await place(x, y, left);
    await page.mouse.up();
    await place(x, y, 0);
  }
}

async function checkModes(page, machine) {
  // A key before the sector shows its colours is lost.
  await until(async () => (await machine.picture()).colours > 100, 'boot');
  const pictures = new Set();
  for (const [step, size] of sizes.entries()) {
    pictures.add(await expectSize(page, machine, size));
    if (size !== '720x400') {
      await expectPointer(page, size);
      pictures.add(await expectSize(page, machine, size));
    }
    await press(page, keys[step]);
  }
  await expectSize(page, machine, sizes[0]);
  const mice = await machine.call('query-mice');
  if (!mice.some(({ current, absolute }) => current && absolute))
    throw new Error(`no absolute pointer: ${JSON.stringify(mice)}`);
  if (pictures.size !== 10)
    throw new Error(`${pictures.size} pictures, not 10`);
}

async function checkPage(page, world) {
  await open(page, world.address);
  await checkModes(page, world.machine);
}

async function checkVersion(page, world, pages, version) {
  const query = new URLSearchParams({ version, url: world.address.replace(/^http/, 'ws') });
  await page.goto(`${pages.address}/?${query}`);
  await expectConnected(page);
  await checkModes(page, world.machine);
  await expectNoErrors(page);
}

const pages = await servePages();
const world = new World();
try {
  await world.start('modes', []);
  const check = (name, run, ...more) =>
    [name, () => inNewPage(world.browser, (page) => run(page, world, ...more))];
  await runAll('qemu-modes ', [
    check('the page', checkPage),
    check('noVNC 1.1.0', checkVersion, pages, '1.1.0'),
  ]);
} finally {
  await world.stop();
  pages.close();
}
