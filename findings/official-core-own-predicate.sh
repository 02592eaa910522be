#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: the core's own predicate for V11-HMAC-SHA256, given to the credentials' own setter, chooses the signature by the
#   endpoint's name.
# Seen: every call rejects with a TypeError before anything is sent. The predicate is a static method that reads a pattern of
#   its class, and the credentials call it as a method of their own, which have no such pattern. Bound to the class it works.
# Input: GET of a backup, with the predicate as it is and bound to its class.
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
  say(`sent: ${request.headers.authorization.split(" ")[0]}\n`)
  response.writeHead(200, { "content-type": "application/json" }).end("{}")
}).listen(0, "127.0.0.1", async () => {
  process.stdout.write = () => true // The core logs there.
  const region = new Region("cn-north-4", `http://127.0.0.1:${server.address().port}`)
  const own = BasicCredentials.getDefaultDerivedPredicate
  for (const predicate of [own, own.bind(BasicCredentials)]) {
    const credentials = new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" }).withDerivedPredicate(predicate)
    const client = new ClientBuilder((made) => made).withCredential(credentials).withDerivedAuthServiceName("cbr").withRegion(region).build()
    const call = { method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} }
    await client.sendRequest(call).catch((error) => say(`rejected: ${error.name}\n`))
  }
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
rejected: TypeError
sent: V11-HMAC-SHA256
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
