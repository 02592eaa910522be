#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: the projects that the core has found are remembered for each account: by the access key, or by the identity provider
#   where there is no key yet.
# Seen: with federation they are remembered for the region alone. The check that the key is not null is met by undefined, so
#   the word "undefined" stands for every account. The second account's call names the first account's project, and IAM is
#   not asked.
# Input: GET of a backup by two federated credentials of two providers, one after the other in one process.
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
const { Region } = require("@huaweicloud/huaweicloud-sdk-core/region/region.js")
const { writeFileSync } = require("node:fs")
const say = process.stdout.write.bind(process.stdout)
const json = (response, status, body, headers) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))
writeFileSync("token", "an id token")
const server = createServer((request, response) => {
  const provider = /identity_providers\/(\w+)\//.exec(request.url)?.[1]
  if (provider !== undefined) return json(response, 201, {}, { "x-subject-token": provider })
  if (request.url.includes("securitytokens")) {
    const access = `KEY_OF_${request.headers["x-auth-token"]}`
    return json(response, 201, { credential: { access, secret: "s", securitytoken: "t", expires_at: "2099-01-01T00:00:00.000000Z" } })
  }
  const key = /Access=(\w+)/.exec(request.headers.authorization)[1]
  if (request.url.startsWith("/v3/projects")) return json(response, 200, { projects: [{ id: `project_of_${key}` }] })
  say(`${key}: ${request.url}\n`)
  json(response, 200, {})
}).listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`
  process.stdout.write = () => true // The core logs there.
  for (const idpId of ["first", "second"]) {
    const credentials = new BasicCredentials({ idpId, idTokenFile: "token", iamEndpoint: address })
    const client = new ClientBuilder((made) => made).withCredential(credentials).withRegion(new Region("cn-north-4", address)).build()
    await client.sendRequest({ method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} })
  }
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
KEY_OF_first: /v3/project_of_KEY_OF_first/backups/b
KEY_OF_second: /v3/project_of_KEY_OF_first/backups/b
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
