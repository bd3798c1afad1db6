// The game of docs/examples/libretro in noVNC: `node libretro.mjs PLAYER CORE GAME`.
//
// The newest noVNC shows the game in a real browser, and a person's keys play it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expectConnected, expectNoErrors, inNewPage, servePages, startBrowser }
  from './novnc-page.mjs';
import { versions } from './page/bundle.mjs';
import { deadlineMs, runAll, within } from './support.mjs';

const backdrop = [4, 20];

// Starts the program; gives the WebSocket port it prints, and a stop().
async function startPlayer(path, ...options) {
  const child = spawn(path, [...options, '--listen', '127.0.0.1:0', '--websocket', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = new Promise((done, failed) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = line.match(/^WebSocket: tcp:127\.0\.0\.1:(\d+)/);
      if (found)
        done(found[1]);
    });
    child.once('error', failed);
    child.once('exit', (status) => failed(new Error(`the player ended with ${status}`)));
  });
  return { port: await within(port, 'the port'), stop: () => child.kill('SIGTERM') };
}

async function waitFor(page, what, condition, argument) {
  try {
    await page.waitForFunction(condition, argument, { timeout: deadlineMs });
  } catch {
    const found = await page.evaluate((place) => window.pixel(place), backdrop);
    throw new Error(`${what}: the backdrop is '${found}'`);
  }
}

// Which of red, green and blue is the strongest in the backdrop; -1 for black.
const expectBackdrop = (page, what, strongest) => waitFor(page, what, ([place, wanted]) => {
  const rgb = window.pixel(place).match(/../g)?.map((part) => parseInt(part, 16));
  const most = rgb && Math.max(...rgb);
  return rgb && (wanted < 0 ? most < 32 : most > 96 && rgb.indexOf(most) === wanted);
}, [backdrop, strongest]);

async function checkGame(page, pages, player) {
  const query = new URLSearchParams({
    version: Object.keys(versions).at(-1), url: `ws://127.0.0.1:${player.port}/websockify` });
  await page.goto(`${pages.address}/?${query}`);
  await expectConnected(page);
  await expectBackdrop(page, 'at first', -1);
  await waitFor(page, 'something that moves', () => {
    const canvas = document.querySelector('canvas');
    window.framesSeen ??= new Set();
    window.framesSeen.add(canvas.toDataURL());
    return canvas.width === 256 && window.framesSeen.size >= 10;
  });
  await page.evaluate(() => window.rfb.focus());
  for (const [key, strongest] of [['x', 0], ['z', 1], ['Enter', 2]]) {
    await page.keyboard.down(key);
    await expectBackdrop(page, `${key} held`, strongest);
    await page.keyboard.up(key);
    await expectBackdrop(page, `${key} released`, -1);
  }
  await expectNoErrors(page);
}

const player = await startPlayer(...process.argv.slice(2));
const pages = await servePages();
const browser = await startBrowser();
try {
  await runAll('libretro ', [['in noVNC',
    () => inNewPage(browser, (page) => checkGame(page, pages, player))]]);
} finally {
  await browser.close();
  pages.close();
  player.stop();
}
