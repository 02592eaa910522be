import { readFileSync } from "node:fs"
// A stand-in for the cloud where only its speed matters: it serves one backup under every id to every caller.
import { createServer } from "node:http"

const [, , file, latency = "0"] = process.argv
const body = readFileSync(file, "latin1")
const headers = {
  "content-type": "application/json",
  "content-length": body.length,
  "x-request-id": "8f1c0f6d2e3b4a5968778695a4b3c2d1"
}
const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
  const answer = () => {
    response.writeHead(200, headers)
    response.end(body, "latin1")
  }
  if (latency === "0") answer()
  else setTimeout(answer, Number(latency))
}).listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })))
