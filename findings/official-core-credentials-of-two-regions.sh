#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: one credentials object serves the clients of several regions, each of which finds its own region's project.
# Seen: the first client writes its project id into the object, and the second client never asks for its own: the call to
#   cn-east-3 names the project of cn-north-1, in its path and in X-Project-Id. A program that looks through regions with
#   one key finds backups in the first and errors, or nothing, in the others.
# Input: GET of a backup by two clients, one after the other.
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
const server = createServer((request, response) => {
  const region = /^\/v3\/projects\?name=(.*)/.exec(request.url)?.[1]
  say(region === undefined ? `backup: ${request.url}\n` : `look-up: ${region}\n`)
  const answer = region === undefined ? {} : { projects: [{ id: `of-${region}` }] }
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer))
}).listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`
  process.stdout.write = () => true // The core logs each call there.
  const credentials = new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", iamEndpoint: address })
  for (const region of ["cn-north-1", "cn-east-3"]) {
    const client = new ClientBuilder((made) => made).withCredential(credentials).withRegion(new Region(region, address)).build()
    await client.sendRequest({ method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} })
  }
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
look-up: cn-north-1
backup: /v3/of-cn-north-1/backups/b
backup: /v3/of-cn-north-1/backups/b
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
