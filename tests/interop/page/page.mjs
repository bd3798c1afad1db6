// Connects one RFB object and keeps what it reports where the test can read it.
const query = new URLSearchParams(location.search);

window.seen = { events: [], errors: [] };
window.addEventListener('error', (event) => window.seen.errors.push(event.message));
window.addEventListener('unhandledrejection',
  (event) => window.seen.errors.push(String(event.reason)));

const { RFB, ready } = await import(`/rfb-${query.get('version')}.mjs`);
await ready;

window.rfb = new RFB(document.getElementById('screen'), query.get('url'));
for (const name of ['connect', 'disconnect', 'securityfailure', 'desktopname'])
  window.rfb.addEventListener(name, (event) =>
    window.seen.events.push({ name, detail: { ...event.detail } }));
