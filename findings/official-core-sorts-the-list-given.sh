#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: a call leaves the lists that the program gives it as they are.
# Seen: the signer sorts a list of the query in place, in the program's own array. What the program keeps in an order of its
#   own, worst status first say, has another order after the first call; a frozen list makes the call reject.
# Input: GET of the backups of three states, from a list that stays in use, and from a frozen one.
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
const server = createServer((request, response) => {
  say(`sent: ${request.url.split("?")[1]}\n`)
  response.writeHead(200, { "content-type": "application/json" }).end("{}")
}).listen(0, "127.0.0.1", async () => {
  process.stdout.write = () => true // The core logs there.
  const credentials = new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" })
  const client = new ClientBuilder((made) => made).withCredential(credentials).withEndpoint(`http://127.0.0.1:${server.address().port}`).build()
  const list = (status) =>
    client.sendRequest({ method: "GET", url: "/v3/{project_id}/backups", contentType: "application/json", queryParams: { status }, pathParams: {}, headers: {} })
  const worstFirst = ["error", "restoring", "available"]
  say(`before: ${worstFirst}\n`)
  await list(worstFirst)
  say(`after: ${worstFirst}\n`)
  await list(Object.freeze(["error", "available"])).catch((error) => say(`frozen: ${error.name}\n`))
  server.close()
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
before: error,restoring,available
sent: status=available&status=error&status=restoring
after: available,error,restoring
frozen: TypeError
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
