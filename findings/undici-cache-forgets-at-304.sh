#!/bin/sh
# Package: undici 8.12.4, its cache interceptor with the memory store, in node 24.21.0.
# Guess: a 304 makes the stored answer usable again, so a program that polls with `no-cache` gets the body once, and a 304
#   at each later poll. RFC 9110, section 15.4.5, asks a server to send Cache-Control in the 304 as in the 200.
# Seen: if the 304 has Cache-Control, the interceptor deletes the stored answer: every second poll transfers the whole body. The
#   answer that the server has just confirmed carries `Warning: 110`, which calls it stale. A server that leaves Cache-Control
#   out of its 304, against the RFC, sends the body once.
# Input: six polls of an answer with `private, no-cache` and an entity tag; the 304 has the same field, or has it not.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund undici@8.12.4 node@24.21.0
cat > look.mjs <<'JS'
import { createServer } from "node:http"
import { Agent, cacheStores, interceptors, request } from "undici"
const fields = { etag: '"a"', "cache-control": "private, no-cache" }
const look = (name, fieldsOf304) =>
  new Promise((resolve) => {
    const sent = []
    const server = createServer((incoming, response) => {
      const status = incoming.headers["if-none-match"] === '"a"' ? 304 : 200
      sent.push(status)
      if (status === 304) response.writeHead(304, fieldsOf304).end()
      else response.writeHead(200, fields).end("backup")
    }).listen(0, "127.0.0.1", async () => {
      const store = new cacheStores.MemoryCacheStore()
      const dispatcher = new Agent().compose(interceptors.cache({ store, type: "private" }))
      let warning
      for (let poll = 1; poll <= 6; poll += 1) {
        const { body, headers } = await request(`http://127.0.0.1:${server.address().port}/`, { dispatcher })
        await body.text()
        if (poll === 2) warning = headers.warning
      }
      console.log(`${name}: the server sends ${sent.join(", ")}; the second answer's Warning: ${warning}`)
      server.close(resolve)
      server.closeAllConnections()
    })
  })
await look("304 with Cache-Control", fields)
await look("304 without", { etag: '"a"' })
process.exit(0)
JS
node_modules/.bin/node look.mjs | tee seen
cat > expected <<'TXT'
304 with Cache-Control: the server sends 200, 304, 200, 304, 200, 304; the second answer's Warning: 110 - "response is stale"
304 without: the server sends 200, 304, 304, 304, 304, 304; the second answer's Warning: 110 - "response is stale"
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
