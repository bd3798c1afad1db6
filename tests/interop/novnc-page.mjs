// noVNC in a browser, and what its canvas shows: the parts that tests with noVNC share.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { bundle } from './page/bundle.mjs';
import { deadlineMs, here } from './support.mjs';

// Serves page/, the bundles, and `others` by their paths, at a port of its own choice.
export async function servePages(others = {}) {
  const types = { html: 'text/html', mjs: 'text/javascript', ppm: 'image/x-portable-pixmap' };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    const version = path.match(/^\/rfb-(.+)\.mjs$/)?.[1];
    const file = path === '/' ? 'index.html' : path.slice(1);
    try {
      const text = version ? await bundle(version)
        : others[path] ?? await readFile(join(here, 'page', file));
      response.setHeader('content-type', types[file.split('.').pop()]);
      response.end(text);
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

// In the page: the colour of one pixel of the display as "rrggbb"; empty without a canvas.
function definePixel() {
  window.pixel = ([x, y]) => {
    const canvas = document.querySelector('canvas');
    if (!canvas || x >= canvas.width || y >= canvas.height)
      return '';
    const [r, g, b] = canvas.getContext('2d').getImageData(x, y, 1, 1).data;
    return ((r << 16) | (g << 8) | b).toString(16).padStart(6, '0');
  };
}

// Waits until the pixel at `at` has `colour`; says what it has instead when it never does.
export async function expectPixel(page, at, colour, what) {
  try {
    await page.waitForFunction(([place, wanted]) => window.pixel(place) === wanted,
      [at, colour], { timeout: deadlineMs });
  } catch {
    const [found, seen] = await page.evaluate(
      (place) => [window.pixel(place), window.seen ?? null], at);
    throw new Error(`${what}: pixel ${at} is '${found}', not '${colour}' ${JSON.stringify(seen)}`);
  }
}

export async function expectConnected(page) {
  await page.waitForFunction(() => window.seen?.errors.length > 0
    || window.seen?.events.some(({ name }) => name === 'connect' || name === 'disconnect'),
  undefined, { timeout: deadlineMs });
  const seen = await page.evaluate(() => window.seen);
  if (seen.errors.length > 0 || seen.events.some(({ name }) => name === 'disconnect'))
    throw new Error(`did not connect: ${JSON.stringify(seen)}`);
}

export async function expectNoErrors(page) {
  const { errors } = await page.evaluate(() => window.seen);
  if (errors.length > 0)
    throw new Error(`errors in the page: ${JSON.stringify(errors)}`);
}

export async function inNewPage(browser, use) {
  const context = await browser.newContext(
    { viewport: { width: 1000, height: 700 }, ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    await page.addInitScript(definePixel);
    await use(page);
  } finally {
    await context.close();
  }
}

export const startBrowser = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
