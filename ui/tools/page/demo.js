// Connects noVNC to the demo's WebSocket and says how it goes.
const screen = document.getElementById('screen');
const statusLine = document.getElementById('status');
const reconnect = document.getElementById('reconnect');

let rfb = null;

function show(state, text = state) {
  statusLine.dataset.state = state;
  statusLine.textContent = text;
  reconnect.hidden = state !== 'disconnected';
}

async function loadConfig() {
  const response = await fetch('config.json');
  if (!response.ok)
    throw new Error(`config.json: ${response.status}`);
  return response.json();
}

async function loadNovnc(config) {
  if (!config.novnc)
    throw new Error('noVNC is missing; start vnc-demo with --novnc DIR');
  return (await import('./novnc/core/rfb.js')).default;
}

async function connect() {
  show('connecting');
  try {
    const config = await loadConfig();
    const RFB = await loadNovnc(config);
    rfb = new RFB(screen, `ws://${location.hostname}:${config.websocketPort}/websockify`);
  } catch (error) {
    show('disconnected', error.message);
    return;
  }
  rfb.background = 'transparent';
  rfb.scaleViewport = true;
  rfb.addEventListener('connect', () => {
    show('connected');
    rfb.focus();
  });
  rfb.addEventListener('disconnect', ({ detail }) => {
    show('disconnected', detail.clean ? 'disconnected' : 'connection lost');
    rfb = null;
  });
  rfb.addEventListener('desktopname', ({ detail }) => {
    document.title = detail.name;
  });
}

// The display keeps its size, scaled to the window, until the window gets another one:
// opening the page does not change what others are looking at.
window.addEventListener('resize', () => {
  if (rfb && !rfb.resizeSession)
    rfb.resizeSession = true;
});

reconnect.addEventListener('click', connect);
connect();
