// What Node and undici alone take to pass a call on: a key is compared, and nothing else is done.
import { createServer } from "node:http"
import { Pool } from "undici"

const [, , origin, key] = process.argv
const pool = new Pool(origin, { connections: 64 })
const server = createServer(async (request, response) => {
  if (request.headers["x-auth-token"] !== key) return response.writeHead(401).end()
  const answer = await pool.request({ path: request.url ?? "/", method: "GET", headers: { "x-auth-token": "cloud" } })
  const body = Buffer.from(await answer.body.arrayBuffer())
  response.writeHead(answer.statusCode, {
    "content-type": answer.headers["content-type"],
    "content-length": body.length,
    "x-request-id": answer.headers["x-request-id"]
  })
  response.end(body)
}).listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })))
