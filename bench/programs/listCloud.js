// The list of so many backups of 200 servers, each as long as the page's example, and one backup by its id. Its first line
// says where it listens.
import { readFileSync } from "node:fs"
import { createServer } from "node:http"

const [, , file, count, servers = "200"] = process.argv
const example = JSON.parse(readFileSync(file, "utf8")).backup
const marks = { id: "@id@", created_at: "@at@", protected_at: "@at@", resource_id: "@server@", resource_name: "@name@" }
const parts = JSON.stringify({ ...example, ...marks, status: "available", replication_records: [] }).split("@")
const newest = Date.now()
const each = (24 * 3600 * 1000) / Number(servers)

const element = (index) => {
  const server = String(index % Number(servers)).padStart(12, "0")
  const values = {
    id: `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`,
    at: new Date(newest - index * each).toISOString().replace("Z", "000"),
    server: `f1ee0000-0000-4000-8000-${server}`,
    name: `ecs-bench-${server.slice(-4)}`
  }
  return parts.map((part, at) => (at % 2 === 1 ? values[part] : part)).join("")
}

const pages = new Map()
const page = (offset, limit) => {
  const key = `${offset} ${limit}`
  if (!pages.has(key)) {
    const length = Math.max(0, Math.min(limit, Number(count) - offset))
    const backups = Array.from({ length }, (_, index) => element(offset + index)).join(",")
    pages.set(key, Buffer.from(`{"backups":[${backups}],"count":${count}}`))
  }
  return pages.get(key)
}
// Made ahead: what is measured is not this program.
for (let offset = 0; offset < Number(count); offset += 999) page(offset, 1000)
for (let offset = 0; offset < Number(count); offset += 1000) page(offset, 1000)
for (let offset = 0; offset < Number(count); offset += 499) page(offset, 500)
const one = Buffer.from(`{"backup":${element(0)}}`)

/** When the last byte of each page was written since it was last asked, in epoch milliseconds. */
let ends = []

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://cbr")
  if (url.pathname === "/ends") {
    response.end(JSON.stringify(ends))
    ends = []
    return
  }
  const isList = url.pathname.endsWith("/backups")
  const offset = Number(url.searchParams.get("offset") ?? 0)
  const limit = Number(url.searchParams.get("limit") ?? 1000)
  const body = isList ? page(offset, limit) : one
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body, () => {
    if (isList) ends.push(Date.now())
  })
})
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`)
})
