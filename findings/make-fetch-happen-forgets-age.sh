#!/bin/sh
# Package: make-fetch-happen 16.0.1, in node 24.21.0.
# Guess: an answer with `max-age=60` and `Age: 59` is fresh for one second more, and its Age grows from 59, as RFC 9111, section
#   4.2.3, reckons it.
# Seen: the cache keeps the answer and drops its Age. Two seconds later it serves the answer without a request and says that it is
#   two seconds old. A cache in front of the server and this one add up: what is told as fresh is up to twice as old.
# Input: two GETs, more than two seconds apart, of an answer that a cache on the way held for 59 seconds.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund make-fetch-happen@16.0.1 node@24.21.0
cat > look.cjs <<'JS'
const { createServer } = require("node:http")
const fetch = require("make-fetch-happen").defaults({ cachePath: "./cache", retry: false })
let requests = 0
const server = createServer((_request, response) => {
  requests += 1
  response.writeHead(200, { "cache-control": "private, max-age=60", age: "59" }).end("backup")
}).listen(0, "127.0.0.1", async () => {
  const ages = []
  const get = async () => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}/`)
    await response.text()
    ages.push(Number(response.headers.get("age")))
  }
  await get()
  await new Promise((resolve) => setTimeout(resolve, 2500))
  await get()
  console.log(`requests ${requests}, first Age ${ages[0]}, second Age ${ages[1] < 59 ? "below 59" : "59 or more"}`)
  process.exit(0)
})
JS
node_modules/.bin/node look.cjs | tee seen
cat > expected <<'TXT'
requests 1, first Age 59, second Age below 59
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
