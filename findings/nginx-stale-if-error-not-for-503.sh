#!/bin/sh
# Tool: nginx 1.22.1 (Debian 12), started in a temporary folder. Without it, or with another version, the script exits 2.
# Guess: `stale-if-error=60` lets nginx serve the stored answer for a minute when the server answers 500, 502, 503 or 504, or no
#   answer comes. RFC 5861, section 4, calls exactly these an error, and nginx's page on proxy_cache_use_stale names the extension.
# Seen: it does so for a connection that breaks. An answer of 503 goes to the client, as if stale-if-error were not there. So
#   a test that stops the server passes, and the overload or the deployment that the field was meant for does not.
#   With `proxy_cache_use_stale http_503` in the configuration nginx serves the stored answer in this case too.
# Input: `max-age=1, stale-if-error=60`, then a 503 and a broken connection, each two seconds later.
set -eu
PATH=$PATH:/usr/sbin
nginx -v 2>&1 | grep -q "nginx/1.22.1" || { echo "nginx 1.22.1 is not installed"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > look.mjs <<'JS'
import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
let answered = new Set()
const upstream = createServer((request, response) => {
  const [, kind] = request.url.split("/")
  if (!answered.has(request.url)) {
    answered.add(request.url)
    response.writeHead(200, { "cache-control": "max-age=1, stale-if-error=60" }).end("backup")
  } else if (kind === "503") response.writeHead(503).end("away")
  else response.destroy()
}).listen(0, "127.0.0.1", async () => {
  const free = createServer().listen(0, "127.0.0.1")
  await new Promise((resolve) => free.once("listening", resolve))
  const { port } = free.address()
  await new Promise((resolve) => free.close(resolve))
  const to = `proxy_pass http://127.0.0.1:${upstream.address().port}; proxy_cache zone;`
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`).join(" ")
  writeFileSync(
    "nginx.conf",
    `daemon off; master_process off; pid pid; error_log errors; events {}
    http { access_log off; ${paths} proxy_cache_path cache keys_zone=zone:1m; server { listen 127.0.0.1:${port};
      location / { ${to} } location /503/configured { ${to} proxy_cache_use_stale http_503; } } }`
  )
  const nginx = spawn("nginx", ["-p", process.cwd(), "-c", "nginx.conf", "-e", "errors"])
  const get = async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return `${response.status} ${await response.text()}`
  }
  for (let attempt = 1; attempt <= 100; attempt += 1) {
    if ((await get("/ready").catch(() => "")) !== "") break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const looks = { "503": "/503/plain", "503, configured": "/503/configured", "broken connection": "/broken" }
  for (const path of Object.values(looks)) await get(path)
  await new Promise((resolve) => setTimeout(resolve, 2500))
  for (const [name, path] of Object.entries(looks)) console.log(`${name}: ${await get(path)}`)
  nginx.once("exit", () => process.exit(0))
  nginx.kill("SIGTERM")
})
JS
node look.mjs | tee seen
cat > expected <<'TXT'
503: 503 away
503, configured: 200 backup
broken connection: 200 backup
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
