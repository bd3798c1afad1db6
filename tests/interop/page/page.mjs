// Connects one RFB object and keeps what it reports where the test can read it.
const query = new URLSearchParams(location.search);

window.seen = { events: [], errors: [] };
window.addEventListener('error', (event) => window.seen.errors.push(event.message));
window.addEventListener('unhandledrejection',
  (event) => window.seen.errors.push(String(event.reason)));

const { RFB, ready } = await import(`/rfb-${query.get('version')}.mjs`);
await ready;

const password = query.get('password');

// Made anew by tests that connect again.
window.connect = () => {
  const rfb = new RFB(document.getElementById('screen'), query.get('url'),
    password === null ? {} : { credentials: { password } });
  // The server's key is the right one, whatever it is. A person takes longer to say so.
  rfb.addEventListener('serververification', () => setTimeout(() => rfb.approveServer()));
  for (const name of ['connect', 'disconnect', 'securityfailure', 'serververification',
    'desktopname', 'clipboard', 'bell'])
    rfb.addEventListener(name, (event) =>
      window.seen.events.push({ name, detail: { ...event.detail } }));
  window.rfb = rfb;
};
window.connect();
