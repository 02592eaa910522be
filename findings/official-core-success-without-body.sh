#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: a 200 whose body is a sign-in page or nothing rejects, or resolves with the body.
# Seen: the promise resolves with {"httpStatusCode":200} and nothing else. A program that reads a field of the answer
#   finds undefined, as if the service had left it out. So an endpoint behind a captive portal looks like an empty backup.
# Input: GET of a JSON API that answers 200 with text/html, and 200 with no byte.
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
const pages = { portal: ["text/html", "<html><body>sign in</body></html>"], nothing: ["application/json", ""] }
const server = createServer((request, response) => {
  const [type, body] = pages[request.url.split("/").pop()]
  response.writeHead(200, { "content-type": type }).end(body)
}).listen(0, "127.0.0.1", async () => {
  const client = new ClientBuilder((made) => made)
    .withCredential(new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" }))
    .withEndpoint(`http://127.0.0.1:${server.address().port}`)
    .build()
  process.stdout.write = () => true // The core logs each call there.
  for (const name of Object.keys(pages)) {
    const outcome = await client
      .sendRequest({ method: "GET", url: `/v3/p/backups/${name}`, contentType: "application/json", queryParams: {}, pathParams: {}, headers: {}, data: {} })
      .then((answer) => `resolved ${JSON.stringify(answer)}`, (error) => `rejected ${error.message}`)
    say(`${name}: ${outcome}\n`)
  }
  server.close()
})
JS
node look.cjs | tee seen
printf 'portal: resolved {"httpStatusCode":200}\nnothing: resolved {"httpStatusCode":200}\n' > expected
cmp -s seen expected || { echo "changed"; exit 1; }
