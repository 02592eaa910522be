#!/bin/sh
# Package: @sanity/eventsource 5.0.4 (Node), and eventsource 5.1.5 beside it.
# Guess: a client drops an event whose end did not arrive, and asks for the stream after the last whole event. The HTML standard
#   says so: section 9.2.6 discards the data at the end of the stream, and an id counts when its event is dispatched.
# Seen: the client keeps the lines of the broken event. It puts them before the data of the next connection's first event,
#   so JSON.parse fails on an event that arrived whole. It also sends the id of the broken event as Last-Event-ID, so the
#   server does not repeat that event. eventsource does neither.
# Input: event 1, two lines of event 2, a lost connection; then the events after Last-Event-ID.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @sanity/eventsource@5.0.4 eventsource@5.1.5
cat > look.mjs <<'JS'
import { createServer } from "node:http"
import { createRequire } from "node:module"
import { EventSource } from "eventsource"
const Sanity = createRequire(import.meta.url)("@sanity/eventsource")
const event = (id) => `id: ${id}\ndata: {"state":${id}}\n\n`
const look = (name, Source) =>
  new Promise((resolve) => {
    let isFirst = true
    const server = createServer((request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" })
      if (isFirst) {
        isFirst = false
        response.write(`retry: 20\n\n${event(1)}id: 2\ndata: {"state":2}\n`)
        return setTimeout(() => response.destroy(), 100)
      }
      const last = Number(request.headers["last-event-id"])
      console.log(`${name}: Last-Event-ID ${last}`)
      for (let id = last + 1; id <= 3; id += 1) response.write(event(id))
    }).listen(0, "127.0.0.1", () => {
      const source = new Source(`http://127.0.0.1:${server.address().port}`)
      source.onmessage = ({ data, lastEventId }) => {
        console.log(`${name}: event ${lastEventId}, data ${JSON.stringify(data)}`)
        if (lastEventId !== "3") return
        source.close()
        server.close(resolve)
        server.closeAllConnections()
      }
    })
  })
await look("eventsource", EventSource)
await look("@sanity/eventsource", Sanity)
JS
node look.mjs | tee seen
cat > expected <<'TXT'
eventsource: event 1, data "{\"state\":1}"
eventsource: Last-Event-ID 1
eventsource: event 2, data "{\"state\":2}"
eventsource: event 3, data "{\"state\":3}"
@sanity/eventsource: event 1, data "{\"state\":1}"
@sanity/eventsource: Last-Event-ID 2
@sanity/eventsource: event 3, data "{\"state\":2}\n{\"state\":3}"
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
