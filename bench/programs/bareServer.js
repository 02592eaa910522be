import { readFileSync } from "node:fs"
// What Node alone takes to serve some bytes: no key, no log, no limit.
import { createServer } from "node:http"

const { body, headers, status } = JSON.parse(readFileSync(process.argv[2], "utf8"))
const bytes = Buffer.from(body, "base64")
const server = createServer((_request, response) => {
  response.writeHead(status, headers)
  response.end(bytes)
}).listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })))
