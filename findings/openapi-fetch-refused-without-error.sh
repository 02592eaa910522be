#!/bin/sh
# Package: openapi-fetch 0.17.0.
# Guess: the result has `error` for each status beyond 2xx, as its types say: either `data` or `error` is there.
# Seen: a HEAD that is refused with 503, and a GET with Content-Length: 0, have neither. A 304 to If-None-Match has the empty
#   text, which is false as well. A program that asks `if (error)` takes all three for success, and reads a field of
#   undefined; only `response.ok` tells.
# Input: a HEAD and a GET that are refused, one with a problem as its body, and a GET whose entity tag still holds.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-fetch@0.17.0
cat > look.mjs <<'JS'
import { createServer } from "node:http"
import createClient from "openapi-fetch"
const server = createServer((request, response) => {
  if (request.url === "/unchanged") return response.writeHead(304, { etag: '"a"' }).end()
  if (request.url === "/empty") return response.writeHead(503, { "content-length": 0 }).end()
  response.writeHead(503, { "content-type": "application/problem+json" }).end('{"title":"away"}')
}).listen(0, "127.0.0.1", async () => {
  const client = createClient({ baseUrl: `http://127.0.0.1:${server.address().port}` })
  const tell = (name, { data, error, response }) =>
    console.log(`${name}: ${response.status}, data ${JSON.stringify(data)}, error ${JSON.stringify(error)}`)
  tell("GET, a problem", await client.GET("/problem"))
  tell("HEAD", await client.HEAD("/problem"))
  tell("GET, empty", await client.GET("/empty"))
  tell("GET, unchanged", await client.GET("/unchanged", { headers: { "if-none-match": '"a"' } }))
  server.close()
  server.closeAllConnections()
})
JS
node look.mjs | tee seen
cat > expected <<'TXT'
GET, a problem: 503, data undefined, error {"title":"away"}
HEAD: 503, data undefined, error undefined
GET, empty: 503, data undefined, error undefined
GET, unchanged: 304, data undefined, error ""
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
