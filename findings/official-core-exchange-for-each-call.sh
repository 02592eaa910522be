#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: calls that start together with federated credentials wait for one exchange of the id token, and share its key.
# Seen: each call makes the exchange of its own, two requests to IAM each, and each key replaces the one before. The
#   same holds for calls that meet a key near its end: a service that makes 50 calls at once sends IAM 100 requests.
# Input: five GETs of a backup at once.
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
const { writeFileSync } = require("node:fs")
const say = process.stdout.write.bind(process.stdout)
const json = (response, status, body, headers) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))
writeFileSync("token", "an id token")
const seen = { exchanges: 0, keys: 0, backups: 0 }
const server = createServer((request, response) => {
  if (request.url.includes("identity_providers")) {
    seen.exchanges++
    return json(response, 201, {}, { "x-subject-token": "unscoped" })
  }
  if (request.url.includes("securitytokens")) {
    seen.keys++
    return json(response, 201, { credential: { access: "KEY", secret: "s", securitytoken: "t", expires_at: "2099-01-01T00:00:00.000000Z" } })
  }
  seen.backups++
  json(response, 200, {})
}).listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`
  process.stdout.write = () => true // The core logs there.
  const credentials = new BasicCredentials({ projectId: "p", idpId: "provider", idTokenFile: "token", iamEndpoint: address })
  const client = new ClientBuilder((made) => made).withCredential(credentials).withEndpoint(address).build()
  const call = () => client.sendRequest({ method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} })
  await Promise.all([1, 2, 3, 4, 5].map(call))
  say(`${JSON.stringify(seen)}\n`)
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
{"exchanges":5,"keys":5,"backups":5}
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
