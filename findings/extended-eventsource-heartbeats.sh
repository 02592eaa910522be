#!/bin/sh
# Package: extended-eventsource 2.1.0 (Node), and eventsource 5.1.5 beside it.
# Guess: a comment that keeps the connection open reaches no listener, nor does a `retry:` line. The package's README says that it
#   follows the HTML standard, whose section 9.2.6 dispatches no event without data.
# Seen: each of them is a message with the empty text as its data. A listener that reads JSON fails at every heartbeat, minutes
#   after it was tested with events alone. eventsource gives the one event that there is.
# Input: a `retry:` line, a comment, an event, a comment.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund extended-eventsource@2.1.0 eventsource@5.1.5
cat > look.mjs <<'JS'
import { createServer } from "node:http"
import { EventSource } from "eventsource"
import { EventSource as Extended } from "extended-eventsource"
const look = (name, Source) =>
  new Promise((resolve) => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.write('retry: 3000\n\n:\n\ndata: {"status":"available"}\n\n:\n\nevent: end\ndata: 1\n\n')
    }).listen(0, "127.0.0.1", () => {
      const source = new Source(`http://127.0.0.1:${server.address().port}`)
      source.onmessage = ({ data }) => console.log(`${name}: message ${JSON.stringify(data)}`)
      source.addEventListener("end", () => {
        source.close()
        server.close(resolve)
        server.closeAllConnections()
      })
    })
  })
await look("eventsource", EventSource)
await look("extended-eventsource", Extended)
process.exit(0)
JS
node look.mjs 2>/dev/null | tee seen
cat > expected <<'TXT'
eventsource: message "{\"status\":\"available\"}"
extended-eventsource: message ""
extended-eventsource: message ""
extended-eventsource: message "{\"status\":\"available\"}"
extended-eventsource: message ""
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
