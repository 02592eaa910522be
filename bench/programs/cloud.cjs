// Answers every request with one backup at rest.
const body = JSON.stringify({
  backup: { id: "6df2b54c-dd62-4059-a07c-1b8f24f2725d", status: "available", description: "-".repeat(1500) }
})
const server = require("node:http").createServer((_, response) => response.end(body))
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`))
