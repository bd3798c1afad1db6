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
<p id="status" role="status">connecting</p>
<div id="screen"></div>
</html>
)";

constexpr std::string_view style =
    R"(html, body { height: 100%; margin: 0; background: #222; }
body { display: flex; flex-direction: column; }
#status { margin: 0; padding: 2px 8px; color: #ddd; font: 14px sans-serif; }
#screen { flex: 1; min-height: 0; }
)";

// ?path=display/ID chooses among several displays.
constexpr std::string_view script = R"(const status = document.getElementById('status');
const show = (text) => { status.textContent = text; };
try {
  const { default: RFB } = await import('./novnc/core/rfb.js');
  const path = new URLSearchParams(location.search).get('path') ?? 'websockify';
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
