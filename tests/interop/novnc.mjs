// Real noVNC releases in a real browser against vnc-demo: `node novnc.mjs [VERSION|page|one-port]...`.
//
// Each version connects with its own defaults, must show the demo's colour bars, and must
// see its keys and clicks come back as colours. `page` is the page that the demo serves.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectConnected, expectNoErrors, expectPixel, inNewPage, servePages, startBrowser }
  from './novnc-page.mjs';
import { versions } from './page/bundle.mjs';
import { built, deadlineMs, here, root, runAll, start } from './support.mjs';

const width = 800;
const bars = ['c0c0c0', 'c0c000', '00c0c0', '00c000', 'c000c0', 'c00000', '0000c0', '000000'];
const keySquare = [40, 560];
const clickSquare = [100, 560];

const hex = (r, g, b) =>
  [r, g, b].map((part) => (part & 255).toString(16).padStart(2, '0')).join('');
const keyColour = (keysym) => hex(keysym * 37, keysym * 73, keysym * 151);
const clickColour = (x, y, buttons) => hex(x, y, buttons * 60);

async function expectBars(page) {
  for (const [index, colour] of bars.entries())
    await expectPixel(page, [(index + 0.5) * width / bars.length, 40], colour, `bar ${index}`);
}

async function expectKeys(page) {
  await page.evaluate(() => window.rfb.focus());
  for (const [key, keysym] of [['q', 0x71], ['Shift+A', 0x41], ['Enter', 0xff0d], ['7', 0x37]]) {
    await page.keyboard.press(key);
    await expectPixel(page, keySquare, keyColour(keysym), `key ${key}`);
  }
}

async function expectClicks(page) {
  const box = await page.locator('canvas').first().boundingBox();
  for (const [x, y, button, mask] of [[300, 400, 'left', 1], [511, 333, 'right', 4]]) {
    await page.mouse.click(box.x + x, box.y + y, { button });
    await expectPixel(page, clickSquare, clickColour(x, y, mask), `${button} click`);
  }
}

function addressOf(pages, version, demo, password) {
  const query = new URLSearchParams({
    version, url: `ws://127.0.0.1:${demo.websocket}/websockify`, ...password && { password } });
  return `${pages.address}/?${query}`;
}

async function checkVersion(page, version, pages, demo) {
  await page.goto(addressOf(pages, version, demo));
  await expectConnected(page);
  await expectBars(page);
  await expectKeys(page);
  await expectClicks(page);
  await expectNoErrors(page);
  if (version === '1.7.0') {
    mkdirSync(join(root, 'artifacts'), { recursive: true });
    await page.locator('canvas').first().screenshot({ path: join(root, 'artifacts/demo.png') });
  }
}

// Every release knows VNC authentication, and those from 1.4 on RA2ne, which is stronger.
async function checkPassword(page, version, pages, demo) {
  await page.goto(addressOf(pages, version, demo, 'secret'));
  await expectConnected(page);
  await expectBars(page);
  await expectKeys(page);
  await expectNoErrors(page);
  const { events } = await page.evaluate(() => window.seen);
  const verified = events.some(({ name }) => name === 'serververification');
  const hasRa2ne = !/^1\.[0-3]\./.test(version);
  if (verified !== hasRa2ne)
    throw new Error(`RA2ne: ${verified}, not ${hasRa2ne}`);
}

async function checkWrongPassword(page, version, pages, demo) {
  await page.goto(addressOf(pages, version, demo, 'wrong'));
  await page.waitForFunction(
    () => window.seen?.events.some(({ name }) => name === 'securityfailure'),
    undefined, { timeout: deadlineMs });
  const { events } = await page.evaluate(() => window.seen);
  const { detail } = events.find(({ name }) => name === 'securityfailure');
  if (detail.reason !== 'Authentication failed')
    throw new Error(`the reason is ${JSON.stringify(detail)}`);
}

// The oldest and the newest, through the port that speaks everything.
async function checkOnePort(page, pages, demo) {
  const everything = { ...demo, websocket: new URL(demo.page).port };
  for (const version of [Object.keys(versions).at(0), Object.keys(versions).at(-1)])
    await checkVersion(page, version, pages, everything);
  const { displays: [display] } = await (await fetch(`${demo.page}status`)).json();
  if (!display.clients.some((client) => client.websocket && client.initialized))
    throw new Error(`no client in the status: ${JSON.stringify(display)}`);
}

async function checkDemoPage(page, demo) {
  await page.goto(demo.page);
  await expectBars(page);
}

const startDemo = (...options) => start(built('ui/tools/vnc-demo'), [
  '--port', '0', '--rfb-port', '0', '--websocket-port', '0', '--json', ...options]);

async function main(names) {
  const folder = mkdtempSync(join(tmpdir(), 'qio-novnc-'));
  writeFileSync(join(folder, 'password'), 'secret\n');
  const demo = await startDemo('--novnc', join(here, 'node_modules/novnc-1.7.0'));
  const ports = JSON.parse(demo.line);
  const guarded = await startDemo('--password-file', join(folder, 'password'));
  const guardedPorts = JSON.parse(guarded.line);
  const pages = await servePages();
  const browser = await startBrowser();
  try {
    const check = (name, run) => [name, () => inNewPage(browser, run)];
    const others = {
      page: (page) => checkDemoPage(page, ports),
      'one-port': (page) => checkOnePort(page, pages, ports),
    };
    await runAll('novnc ', names.flatMap((name) => others[name]
      ? [check(name, others[name])]
      : [check(name, (page) => checkVersion(page, name, pages, ports)),
        check(`${name} password`, (page) => checkPassword(page, name, pages, guardedPorts)),
        check(`${name} wrong password`,
          (page) => checkWrongPassword(page, name, pages, guardedPorts))]));
  } finally {
    await browser.close();
    pages.close();
    await demo.stop();
    await guarded.stop();
    rmSync(folder, { recursive: true });
  }
}

const known = [...Object.keys(versions), 'page', 'one-port'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`novnc.mjs: no such version: ${unknown}; known: ${known}`);
  process.exitCode = 2;
} else {
  await main(asked.length > 0 ? asked : known);
}
