// Node's `ws` as a server that echoes messages: `node ws-server.mjs [--deflate JSON] [FOLDER]`,
// with its options for permessage-deflate, and with TLS if there is a folder with certificates.
// Prints "listening PORT".
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';

const words = process.argv.slice(2);
const deflate = words[0] === '--deflate' && JSON.parse(words.splice(0, 2)[1]);
const folder = words[0];
const server = folder === undefined ? createServer() : createTlsServer({
  cert: readFileSync(join(folder, 'server-cert.pem')),
  key: readFileSync(join(folder, 'server-key.pem')),
});
new WebSocketServer({
  server, maxPayload: 0, perMessageDeflate: deflate, handleProtocols: (offered) => offered.has('binary') && 'binary',
}).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    const close = isBinary ? null : String(data).match(/^close (\d+) (.*)$/);
    if (close)
      socket.close(Number(close[1]), close[2]);
    else
      socket.send(data, { binary: isBinary });
  });
  socket.on('error', (error) => console.log(`error ${error.message}`));
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
