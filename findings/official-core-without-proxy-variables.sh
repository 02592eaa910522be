#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: HTTP_PROXY and HTTPS_PROXY hold for the core, since it sends with axios, which goes by them.
# Seen: axios alone goes by the proxy of the environment, the core does not: it turns axios's own support off. A machine whose only
#   way out is a proxy needs withProxyAgent in each program, or every call ends with a connection that cannot be made.
# Input: GET of a backup with HTTP_PROXY set, by axios and by the core.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @huaweicloud/huaweicloud-sdk-core@3.1.211 uuid@14.0.3
cat > look.cjs <<'JS'
const { createServer } = require("node:http")
const axios = require("axios")
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js")
const { ClientBuilder } = require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js")
const say = process.stdout.write.bind(process.stdout)
const server = (name) =>
  new Promise((ready) => {
    const made = createServer((request, response) => {
      say(`${/axios/.test(request.headers["user-agent"]) ? "axios" : "the core"}: ${name}\n`)
      response.writeHead(200, { "content-type": "application/json" }).end("{}")
    }).listen(0, "127.0.0.1", () => ready({ made, address: `http://127.0.0.1:${made.address().port}` }))
  })
const main = async () => {
  const [proxy, service] = [await server("by the proxy"), await server("straight to the service")]
  for (const name of Object.keys(process.env)) if (/^(no|https?|all)_proxy$/i.test(name)) delete process.env[name]
  process.env.HTTP_PROXY = process.env.http_proxy = proxy.address
  process.stdout.write = () => true // The core logs there.
  await axios.get(`${service.address}/v3/p/backups/b`)
  const credentials = new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" })
  const client = new ClientBuilder((made) => made).withCredential(credentials).withEndpoint(service.address).build()
  await client.sendRequest({ method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} })
  for (const { made } of [proxy, service]) (made.close(), made.closeAllConnections())
}
main()
JS
node look.cjs | tee seen
cat > expected <<'TXT'
axios: by the proxy
the core: straight to the service
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
