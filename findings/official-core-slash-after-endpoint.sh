#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: an endpoint with a slash at its end means the same as without one, since the request arrives at the same path.
# Seen: the slash is dropped from what is sent and kept in what is signed: the core signs `//v3/…` and sends `/v3/…`. The
#   service computes another signature and answers 401, as it would for a wrong key.
# Input: GET of a backup by two clients, whose endpoints differ in that slash. The server signs what arrived once more, with
#   the core's own signer and the same date.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @huaweicloud/huaweicloud-sdk-core@3.1.211 uuid@14.0.3
cat > look.cjs <<'JS'
const { createServer } = require("node:http")
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js")
const { ClientBuilder } = require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js")
const { AKSKSigner } = require("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js")
const say = process.stdout.write.bind(process.stdout)
const credentials = () => new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" })
const server = createServer((request, response) => {
  const { authorization, ...sent } = request.headers
  const names = /SignedHeaders=([^,]*)/.exec(authorization)[1].split(";")
  const spelled = { "x-sdk-date": "X-Sdk-Date", "x-project-id": "X-Project-Id" }
  const headers = Object.fromEntries(names.map((name) => [spelled[name] ?? name, sent[name]]))
  const endpoint = `http://${sent.host}${request.url}`
  const again = AKSKSigner.sign({ method: "GET", endpoint, headers, queryParams: {} }, credentials())
  say(`${request.url}: signed ${again.Authorization === authorization ? "as sent" : "otherwise"}\n`)
  response.writeHead(200, { "content-type": "application/json" }).end("{}")
}).listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`
  process.stdout.write = () => true // The core logs there.
  for (const endpoint of [address, `${address}/`]) {
    const client = new ClientBuilder((made) => made).withCredential(credentials()).withEndpoint(endpoint).build()
    await client.sendRequest({ method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} })
  }
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
/v3/p/backups/b: signed as sent
/v3/p/backups/b: signed otherwise
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
