#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: a client with a region and without a project id asks IAM for the region's project, and fails where there is none.
# Seen: where IAM lists none, the core makes one: a GET of a backup sends POST /v3/projects, and then asks for the backup in the
#   new project, where it cannot be. The program sees a 404 or an empty list, and the account has a project more.
# Input: GET of a backup in cn-north-4 by an account that has no project there.
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
const say = process.stdout.write.bind(process.stdout)
const answers = {
  "GET /v3/projects?name=cn-north-4": { projects: [] },
  "GET /v3/regions": { regions: [{ id: "cn-north-4", type: "public" }] },
  "GET /v3/auth/domains": { domains: [{ id: "domain" }] },
  "POST /v3/projects": { project: { id: "made" } }
}
const server = createServer((request, response) => {
  const call = `${request.method} ${request.url}`
  say(`${call}\n`)
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answers[call] ?? {}))
}).listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`
  process.stdout.write = () => true // The core logs each call there.
  const client = new ClientBuilder((made) => made)
    .withCredential(new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", iamEndpoint: address }))
    .withRegion(new Region("cn-north-4", address))
    .build()
  await client.sendRequest({ method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} })
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
GET /v3/projects?name=cn-north-4
GET /v3/regions
GET /v3/auth/domains
POST /v3/projects
GET /v3/made/backups/b
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
