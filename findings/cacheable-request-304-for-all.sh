#!/bin/sh
# Package: cacheable-request 13.0.19, with a Map as its store.
# Guess: a 304 answers the one caller that sent If-None-Match. A caller without a condition gets the body, from the server if it is
#   not stored: RFC 9111, section 4.3.4, uses a 304 only to update an answer that the cache has.
# Seen: the cache stores a 304 to the first caller as the answer of the URL. Each later caller gets this 304 and an empty body, though
#   it sent no condition. No request goes out until the time that the 304 names is over, and JSON.parse fails on the empty text.
# Input: three GETs through one cache; the first carries the entity tag that a program kept from its last run.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund cacheable-request@13.0.19
cat > look.mjs <<'JS'
import { createServer, request } from "node:http"
import CacheableRequest from "cacheable-request"
let requests = 0
const server = createServer((incoming, response) => {
  requests += 1
  const isKnown = incoming.headers["if-none-match"] === '"a"'
  response.writeHead(isKnown ? 304 : 200, { etag: '"a"', "cache-control": "private, max-age=60" })
  response.end(isKnown ? undefined : "backup")
}).listen(0, "127.0.0.1", async () => {
  const { port } = server.address()
  const look = async (name, headersOfFirst) => {
    requests = 0
    const cached = new CacheableRequest(request, new Map()).request()
    const get = (headers) =>
      new Promise((resolve, reject) => {
        const options = { protocol: "http:", hostname: "127.0.0.1", port, path: "/", method: "GET", agent: false }
        const events = cached({ ...options, shared: false, headers }, async (response) => {
          let body = ""
          for await (const piece of response) body += piece
          resolve(`${response.statusCode} "${body}"`)
        })
        events.on("request", (outgoing) => outgoing.end())
        events.on("error", reject)
      })
    const answers = []
    for (const headers of [headersOfFirst, {}, {}]) {
      answers.push(await get(headers))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    console.log(`${name}: ${answers.join(", ")}; requests ${requests}`)
  }
  await look("first without a condition", {})
  await look("first with If-None-Match", { "if-none-match": '"a"' })
  process.exit(0)
})
JS
node look.mjs | tee seen
cat > expected <<'TXT'
first without a condition: 200 "backup", 200 "backup", 200 "backup"; requests 1
first with If-None-Match: 304 "", 304 "", 304 ""; requests 1
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
