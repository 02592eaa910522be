#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: a query parameter whose value is undefined or null is left out, or at least signed as it is sent.
# Seen: it is sent with an empty value, and signed with the word "undefined" or "null"; a Date is sent empty and signed as a
#   sentence. The service computes another signature and answers 401, as it would for a wrong key.
# Input: the query parameters of ListBackups that a program has not set.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @huaweicloud/huaweicloud-sdk-core@3.1.211 uuid@14.0.3
cat > look.cjs <<'JS'
const { createServer } = require("node:http")
const { AKSKSigner } = require("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js")
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js")
const { ClientBuilder } = require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js")
const say = process.stdout.write.bind(process.stdout)
let signed = ""
const canonicalQuery = AKSKSigner.CanonicalQueryString
AKSKSigner.CanonicalQueryString = function (request) {
  return (signed = canonicalQuery.call(this, request))
}
const server = createServer((request, response) => {
  say(`sent ${request.url.split("?")[1]} signed ${signed}\n`)
  response.writeHead(200, { "content-type": "application/json" }).end("{}")
}).listen(0, "127.0.0.1", async () => {
  const client = new ClientBuilder((made) => made)
    .withCredential(new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" }))
    .withEndpoint(`http://127.0.0.1:${server.address().port}`)
    .build()
  process.stdout.write = () => true // The core logs each call there.
  for (const name of [undefined, null, "a"]) {
    await client.sendRequest({ method: "GET", url: "/v3/p/backups", contentType: "application/json", queryParams: { limit: 2, name }, pathParams: {}, headers: {} })
  }
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
sent limit=2&name= signed limit=2&name=undefined
sent limit=2&name= signed limit=2&name=null
sent limit=2&name=a signed limit=2&name=a
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
