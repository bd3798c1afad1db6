// The page that shows a display with noVNC.
#include "ui/vnc/viewer-page.hpp"

#include <algorithm>

namespace qio::vnc {

namespace {

constexpr std::string_view page = R"(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Display</title>
<link rel="stylesheet" href="viewer.css">
<script type="module" src="viewer.js"></script>
<header>
<span id="status" role="status">connecting</span>
<nav id="screens" aria-label="Screens"></nav>
</header>
<div id="screen"></div>
</html>
)";

constexpr std::string_view style =
    R"(html, body { height: 100%; margin: 0; background: #222; }
body { display: flex; flex-direction: column; }
header { display: flex; gap: 16px; padding: 2px 8px; color: #ddd; font: 14px sans-serif; }
nav { display: flex; gap: 8px; }
nav a { color: #8cf; }
nav a[aria-current] { color: inherit; text-decoration: none; }
#screen { flex: 1; min-height: 0; }
)";

// ?path=display/ID chooses among several displays.
constexpr std::string_view script = R"(const status = document.getElementById('status');
const show = (text) => { status.textContent = text; };
// Links to the others, if there are several.
async function listScreens(query, path) {
  const { displays } = await (await fetch('status')).json();
  for (const { id } of displays.length > 1 ? displays : []) {
    const link = document.createElement('a');
    const target = `display/${id}`;
    query.set('path', target);
    link.href = `?${query}`;
    link.textContent = id;
    if (path === target)
      link.setAttribute('aria-current', 'page');
    document.getElementById('screens').append(link);
  }
}

try {
  const { default: RFB } = await import('./novnc/core/rfb.js');
  const query = new URLSearchParams(location.search);
  const path = query.get('path') ?? 'websockify';
  listScreens(query, path).catch(() => {}); // there may be no status to see
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const rfb = new RFB(document.getElementById('screen'), url.href);
  rfb.scaleViewport = true;
  rfb.addEventListener('connect', () => show('connected'));
  rfb.addEventListener('desktopname', (event) => { document.title = event.detail.name; });
  rfb.addEventListener('disconnect', () => show('disconnected'));
  rfb.addEventListener('credentialsrequired', () => {
    rfb.sendCredentials({ password: prompt('Password') ?? '' });
  });
} catch (error) {
  show(`noVNC is not here: ${error.message}`);
}
)";

constexpr ViewerFile files[] = {
    {"/", "text/html; charset=utf-8", page},
    {"/viewer.css", "text/css; charset=utf-8", style},
    {"/viewer.js", "text/javascript; charset=utf-8", script},
};

} // namespace

const ViewerFile* viewer_page(std::string_view path) {
    const auto* const file = std::ranges::find(files, path, &ViewerFile::path);
    return file != std::end(files) ? file : nullptr;
}

} // namespace qio::vnc
