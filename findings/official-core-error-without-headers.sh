#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: the error of a 429 or 503 carries the answer's header fields, so that a program can wait as long as Retry-After says.
# Seen: it carries status, code, message and request id alone. What the service said of the time to wait is dropped, and with
#   it the Date that would tell a wrong clock. A program can only guess when to ask again.
# Input: GET of a backup, answered with 429, Retry-After and the gateway's error body.
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
const say = process.stdout.write.bind(process.stdout)
const server = createServer((_, response) => {
  response.writeHead(429, { "content-type": "application/json", "retry-after": "7", "x-request-id": "r-1" })
  response.end('{"error_code":"APIGW.0308","error_msg":"The throttling threshold has been reached"}')
}).listen(0, "127.0.0.1", async () => {
  process.stdout.write = () => true // The core logs there.
  const credentials = new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" })
  const client = new ClientBuilder((made) => made).withCredential(credentials).withEndpoint(`http://127.0.0.1:${server.address().port}`).build()
  const call = { method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} }
  await client.sendRequest(call).catch((error) => {
    for (const [key, value] of Object.entries(error)) if (value !== undefined) say(`${key}: ${value}\n`)
  })
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
name: ClientRequestException
httpStatusCode: 429
errorMsg: The throttling threshold has been reached
errorCode: APIGW.0308
requestId: r-1
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
