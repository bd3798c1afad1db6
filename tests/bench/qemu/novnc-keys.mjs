// From a key to its pixel, through noVNC in a browser: node novnc-keys.mjs COUNT NAME=PORT...
//
// Each machine has a page of its own, and they take turns. Prints "NAME MILLISECONDS" for each
// key: from sending it until the canvas shows the upper left corner in another colour.
import { expectConnected, inNewPage, servePages, startBrowser } from '../../interop/novnc-page.mjs';

const [count, ...machines] = process.argv.slice(2);
const version = '1.7.0';
const pauseMs = 250; // what a key did is over by then
const patienceMs = 5000;
const first = [1, 1];

// In the page: the time from the key until that pixel has changed, or the end of patience.
async function timeOfKey([place, patience]) {
  const before = window.pixel(place);
  const start = performance.now();
  window.rfb.sendKey(0x61, 'KeyA');
  const channel = new MessageChannel();
  return new Promise((done) => {
    channel.port1.onmessage = () => {
      const time = performance.now() - start;
      if (window.pixel(place) !== before || time > patience)
        done(time);
      else
        channel.port2.postMessage(null);
    };
    channel.port2.postMessage(null);
  });
}

async function open(page, pages, port) {
  const query = new URLSearchParams({ version, url: `ws://127.0.0.1:${port}/` });
  await page.goto(`${pages.address}/?${query}`);
  await expectConnected(page);
  await page.waitForFunction((place) => window.pixel(place), first);
}

async function pressInTurn(views) {
  for (let i = 0; i < count; ++i)
    for (const { name, page } of views) {
      await page.waitForTimeout(pauseMs);
      console.log(`${name} ${await page.evaluate(timeOfKey, [first, patienceMs])}`);
    }
}

// Opens a page for each of `rest` besides the `views` that are open.
async function openAll(browser, pages, [machine, ...rest], views = []) {
  if (!machine)
    return pressInTurn(views);
  const [name, port] = machine.split('=');
  return inNewPage(browser, async (page) => {
    await open(page, pages, port);
    await openAll(browser, pages, rest, [...views, { name, page }]);
  });
}

const pages = await servePages();
const browser = await startBrowser();
try {
  await openAll(browser, pages, machines);
} finally {
  await browser.close();
  pages.close();
}
