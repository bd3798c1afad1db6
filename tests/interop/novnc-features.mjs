// noVNC against the moving picture: `node novnc-features.mjs [WORD]...`, the checks whose
// name has each WORD in it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectConnected, expectNoErrors, inNewPage, servePages, startBrowser }
  from './novnc-page.mjs';
import { defineDifferences, expectPicture, firstEncoding, lastStep, Scene, scenePpm, watchTraffic }
  from './scene.mjs';
import { built, deadlineMs, runAll } from './support.mjs';

const numbers = {
  raw: 0, rre: 2, hextile: 5, zlib: 6, tight: 7, zrle: 16, jpeg: 21, tightpng: -260 };
const newest = '1.7.0';
// What each version has; every encoding with the oldest and the newest that know it.
const encodings = {
  '1.0.0': ['raw', 'rre', 'hextile', 'tight'],
  '1.2.0': ['tightpng'],
  '1.4.0': ['zrle', 'jpeg'],
  '1.6.0': ['zlib'],
  [newest]: Object.keys(numbers),
};
const capsLock = 0xffe5;

let pages; // set by main()

async function open(page, scene, { version = newest, path = '/websockify', tls = false,
  wanted = [], lossless = true, password } = {}) {
  await page.addInitScript(watchTraffic, { wanted, lossless });
  await page.addInitScript(defineDifferences);
  const url = `${tls ? 'wss' : 'ws'}://127.0.0.1:${scene.port}${path}`;
  const query = new URLSearchParams({ version, url, ...password && { password } });
  await page.goto(`${pages.address}/?${query}`);
}

async function connect(page, scene, options) {
  await open(page, scene, options);
  await expectConnected(page);
}

async function watchMoving(page, scene) {
  await expectPicture(page, 0);
  await page.evaluate(() => window.rfb.focus());
  await page.keyboard.press('F7');
  await scene.line('key 65476 ');
  await expectPicture(page, lastStep);
}

async function expectEvent(page, name, detail = {}) {
  await page.waitForFunction(([kind, wanted]) => window.seen.events.some((event) =>
    event.name === kind && Object.entries(wanted).every(([key, value]) =>
      event.detail[key] === value)), [name, detail], { timeout: deadlineMs / 2 })
    .catch(async () => {
      const seen = await page.evaluate(() => window.seen);
      throw new Error(`no ${name} ${JSON.stringify(detail)} in ${JSON.stringify(seen)}`);
    });
}

async function checkEncoding(page, scene, version, name) {
  const lossless = name !== 'jpeg';
  await connect(page, scene, { version, wanted: [numbers[name], 0], lossless });
  await watchMoving(page, scene);
  const { received } = await page.evaluate(() => window.traffic);
  const used = firstEncoding(received);
  if (used !== numbers[name])
    throw new Error(`${used} was used`);
}

// With its own list, JPEG among it, noVNC sees the exact picture in the end.
async function checkOwnList(page, scene) {
  await connect(page, scene, { lossless: false });
  await watchMoving(page, scene);
}

// Pictures that the browser's decoder was given.
function countDecoded() {
  window.decoded = 0;
  const { decode } = window.VideoDecoder.prototype;
  window.VideoDecoder.prototype.decode = function (...chunk) {
    ++window.decoded;
    return decode.apply(this, chunk);
  };
}

// A film goes by as H.264, and the picture is exact when it has ended.
async function checkFilm(page, scene) {
  await page.addInitScript(countDecoded);
  await connect(page, scene, { lossless: false });
  await expectPicture(page, 0);
  const { asked } = await page.evaluate(() => window.traffic);
  if (!asked.includes(50))
    throw new Error('the browser has no H.264');
  scene.say('film', 60);
  await page.waitForFunction(() => window.decoded >= 10, undefined,
    { timeout: deadlineMs / 2 });
  await expectPicture(page, 0);
}

async function checkContinuousUpdates(page, scene) {
  await connect(page, scene);
  await watchMoving(page, scene);
  const { sent } = await page.evaluate(() => window.traffic);
  const enabled = sent.indexOf(150);
  if (enabled < 0 || !sent.includes(248))
    throw new Error(`only messages ${[...new Set(sent)]}`);
  if (sent.slice(enabled).includes(3))
    throw new Error('updates are still asked for');
}

async function checkClipboard(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  const there = 'grüße 😀 zwei';
  scene.say('clipboard', there);
  await expectEvent(page, 'clipboard', { text: there });
  await page.evaluate(() => window.rfb.clipboardPasteFrom('zurück 😀\nvier'));
  await scene.line('cut zurück 😀\\nvier');
}

async function checkOldClipboard(page, scene) {
  await connect(page, scene, { version: '1.1.0' });
  await expectPicture(page, 0);
  scene.say('clipboard', 'grüße');
  await expectEvent(page, 'clipboard', { text: 'grüße' });
  await page.evaluate(() => window.rfb.clipboardPasteFrom('zurück'));
  await scene.line('cut zurück');
}

async function checkResize(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  await page.evaluate(() => { window.rfb.resizeSession = true; });
  await scene.line('resize 1000 700');
  await page.waitForFunction(() => {
    const { width, height } = document.querySelector('#screen canvas');
    return width === 1000 && height === 700;
  }, undefined, { timeout: deadlineMs / 2 });
  await watchMoving(page, scene);
}

async function checkKeys(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  await page.evaluate(() => window.rfb.focus());
  for (const [key, line] of [['a', 'key 97 30'], ['Enter', 'key 65293 28'],
    ['ArrowRight', 'key 65363 205'], ['ControlRight', 'key 65508 157']]) {
    await page.keyboard.press(key);
    await scene.line(`${line} down`);
    await scene.line(`${line} up`);
  }
}

// noVNC taps the lock key itself when the lights are not what its own keyboard says.
async function checkLights(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  scene.say('leds', 0, 0, 1);
  scene.say('bell');
  await expectEvent(page, 'bell');
  await page.evaluate(() => window.rfb.focus());
  await page.keyboard.press('a');
  await scene.line(`key ${capsLock} `);
  await scene.line('key 97 30 down');
}

async function checkPointer(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  const box = await page.locator('#screen canvas').first().boundingBox();
  // Half a pixel, since the canvas may lie between two
  await page.mouse.click(box.x + 300.5, box.y + 200.5);
  await scene.line('pointer 300 200 1');
  await page.mouse.wheel(0, 200);
  await scene.line('pointer 300 200 16');
}

// The style names a picture, whose pixel (0, 5) is read back.
async function checkCursor(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  scene.say('cursor', 1);
  await page.waitForFunction(async () => {
    const style = document.querySelector('#screen canvas').style.cursor;
    const parts = style.match(/^url\("?(data:[^")]+)"?\) 3 4/);
    if (!parts)
      return false;
    const bitmap = await createImageBitmap(await (await fetch(parts[1])).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    const pixel = [...canvas.getContext('2d').getImageData(0, 5, 1, 1).data];
    return String(pixel) === '255,192,0,255' && bitmap.width === 12 && bitmap.height === 10;
  }, undefined, { timeout: deadlineMs / 2 });
}

async function checkOthers(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  scene.say('name', 'other');
  await expectEvent(page, 'desktopname', { name: 'other' });
  scene.say('bell');
  await expectEvent(page, 'bell');
  await page.evaluate(() => window.rfb.machineShutdown());
  await scene.line('power 0');
  await page.evaluate(() => window.rfb.machineReset());
  await scene.line('power 2');
}

async function expectNoKeys(page, scene) {
  await page.evaluate(() => window.rfb.focus());
  await page.keyboard.press('a');
  await page.evaluate(() => window.rfb.disconnect());
  await scene.line('gone');
  if (scene.passed.some((line) => line.startsWith('key ')))
    throw new Error(`keys: ${scene.passed}`);
}

async function checkViewOnly(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  await page.evaluate(() => { window.rfb.viewOnly = true; });
  await expectNoKeys(page, scene);
}

async function checkViewOnlyPassword(page, scene) {
  await connect(page, scene, { password: 'looking' });
  await scene.line('client view');
  await expectPicture(page, 0);
  await expectNoKeys(page, scene);
}

async function checkPassword(page, scene, version, method) {
  await connect(page, scene, { version, password: 'secret' });
  await scene.line(`login ${method} `);
  await watchMoving(page, scene);
}

async function checkTls(page, scene) {
  await connect(page, scene, { tls: true });
  await watchMoving(page, scene);
}

async function checkRoutes(page, scene) {
  await connect(page, scene, { path: '/display/second' });
  await expectPicture(page, lastStep);
  await connect(page, scene, { path: '/display/first' });
  await watchMoving(page, scene);
  await open(page, scene, { path: '/display/third' });
  await expectEvent(page, 'disconnect', { clean: false });
}

async function checkReconnect(page, scene) {
  await connect(page, scene);
  await expectPicture(page, 0);
  for (let round = 0; round < 3; ++round) {
    await page.evaluate(() => window.rfb.disconnect());
    await scene.line('gone');
    await page.evaluate(() => window.connect());
    await scene.line('client control');
    await expectPicture(page, 0);
  }
  await watchMoving(page, scene);
}

function allChecks(folder) {
  const guarded = ['--method', 'password', '--password', 'secret',
    '--view-only-password', 'looking'];
  const rsa = ['--method', 'rsa-aes', '--method', 'password', '--password', 'secret'];
  const list = Object.entries(encodings).flatMap(([version, names]) => names.map((name) =>
    [`${version} ${name}`, [], (page, scene) => checkEncoding(page, scene, version, name)]));
  return [...list,
    ['own encodings', [], checkOwnList],
    ['H.264', [], checkFilm],
    ['continuous updates', [], checkContinuousUpdates],
    ['clipboard', [], checkClipboard],
    ['1.1.0 clipboard', [], checkOldClipboard],
    ['resize', [], checkResize],
    ['extended keys', [], checkKeys],
    ['lights', [], checkLights],
    ['pointer', [], checkPointer],
    ['cursor', [], checkCursor],
    ['name, bell and power', [], checkOthers],
    ['view only', [], checkViewOnly],
    ['view-only password', guarded, checkViewOnlyPassword],
    ['VNC password', guarded, (page, scene) => checkPassword(page, scene, newest, 'vnc')],
    ['RA2ne', rsa, (page, scene) => checkPassword(page, scene, newest, 'ra2ne')],
    ['wss', ['--wss', folder], checkTls],
    ['paths of displays', ['--route'], checkRoutes],
    ['reconnecting', [], checkReconnect]];
}

async function runCheck(browser, options, check) {
  const scene = await Scene.start(...options);
  try {
    await inNewPage(browser, async (page) => {
      await check(page, scene);
      await expectNoErrors(page);
    });
  } finally {
    await scene.stop();
  }
}

async function main(words) {
  const folder = mkdtempSync(join(tmpdir(), 'qio-novnc-'));
  spawnSync(built('tests/interop/make-credentials'), [folder]);
  pages = await servePages(Object.fromEntries(
    [0, lastStep].map((step) => [`/scene-${step}.ppm`, scenePpm(step)])));
  const browser = await startBrowser();
  try {
    await runAll('novnc-features ', allChecks(folder)
      .filter(([name]) => words.every((word) => name.includes(word)))
      .map(([name, options, check]) => [name, () => runCheck(browser, options, check)]));
  } finally {
    await browser.close();
    pages.close();
    rmSync(folder, { recursive: true });
  }
}

await main(process.argv.slice(2));
