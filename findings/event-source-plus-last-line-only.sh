#!/bin/sh
# Package: event-source-plus 0.1.15, and eventsource 5.1.5 beside it.
# Guess: the data of an event with several `data:` lines is these lines, joined by line feeds, as in section 9.2.6 of the HTML standard.
# Seen: the data is the last line alone. A server that sends JSON with line breaks, as encoders of events must split it, gives
#   the reader a single `}`. A short event on one line looks right, so a test with one passes.
# Input: one event with JSON on three lines.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund event-source-plus@0.1.15 eventsource@5.1.5
cat > look.mjs <<'JS'
import { createServer } from "node:http"
import { EventSourcePlus } from "event-source-plus"
import { EventSource } from "eventsource"
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" })
  response.write('id: 1\ndata: {\ndata:   "status": "available"\ndata: }\n\n')
}).listen(0, "127.0.0.1", async () => {
  const url = `http://127.0.0.1:${server.address().port}`
  const tell = (name, data) => console.log(`${name}: ${JSON.stringify(data)}`)
  await new Promise((resolve) => {
    const source = new EventSource(url)
    source.onmessage = ({ data }) => {
      tell("eventsource", data)
      resolve(source.close())
    }
  })
  await new Promise((resolve) => {
    const reading = new EventSourcePlus(url).listen({
      onMessage({ data }) {
        tell("event-source-plus", data)
        resolve(reading.abort())
      }
    })
  })
  process.exit(0)
})
JS
node look.mjs | tee seen
cat > expected <<'TXT'
eventsource: "{\n  \"status\": \"available\"\n}"
event-source-plus: "}"
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
