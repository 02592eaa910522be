#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: with two endpoints of which the first refuses connections, each call is sent again to the second, whether calls
#   are made one by one or together.
# Seen: a call alone succeeds. Of three made together by one client none does. One is sent again, but signed with the query
#   of the call that was made last, and the standby answers 401. The two others are not sent again: the client counts
#   tries, and keeps the request it signs, once for all its calls.
# Input: GET of one path with limit=1, 2 and 3; the standby checks signatures as the service does.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @huaweicloud/huaweicloud-sdk-core@3.1.211 uuid@14.0.3
cat > look.cjs <<'JS'
const { createServer } = require("node:http")
const { createHash, createHmac } = require("node:crypto")
const { once } = require("node:events")
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js")
const { ClientBuilder } = require("@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js")
const say = process.stdout.write.bind(process.stdout)
const sha256 = (text) => createHash("sha256").update(text).digest("hex")
const isSigned = ({ method, url, headers }) => {
  const names = /SignedHeaders=([^,]*)/.exec(headers.authorization)[1]
  const [path, query] = url.split("?")
  const lines = names.split(";").map((name) => `${name}:${headers[name]}\n`).join("")
  const text = `SDK-HMAC-SHA256\n${headers["x-sdk-date"]}\n${sha256([method, `${path}/`, query, lines, names, sha256("")].join("\n"))}`
  return headers.authorization.endsWith(createHmac("sha256", "examplesecret").update(text).digest("hex"))
}
const standby = createServer((request, response) =>
  response.writeHead(isSigned(request) ? 200 : 401, { "content-type": "application/json" }).end("{}")
)
const look = async () => {
  const away = createServer().listen(0, "127.0.0.1")
  await once(away, "listening")
  const addresses = [away, standby].map((server) => `http://127.0.0.1:${server.address().port}`)
  await new Promise((closed) => away.close(closed))
  const make = () =>
    new ClientBuilder((made) => made)
      .withCredential(new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" }))
      .withEndpoint([...addresses])
      .build()
  const get = (client, limit) =>
    client
      .sendRequest({ method: "GET", url: "/v3/p/backups", contentType: "application/json", queryParams: { limit }, pathParams: {}, headers: {} })
      .then((answer) => answer.httpStatusCode, (error) => error.httpStatusCode ?? error.errorMsg.split(" ")[1])
  process.stdout.write = () => true // The core logs each call there.
  say(`alone: ${await get(make(), 1)}\n`)
  const client = make()
  say(`together: ${await Promise.all([1, 2, 3].map((limit) => get(client, limit)))}\n`)
  standby.close()
}
standby.listen(0, "127.0.0.1", look)
JS
node look.cjs | tee seen
printf 'alone: 200\ntogether: 401,ECONNREFUSED,ECONNREFUSED\n' > expected
cmp -s seen expected || { echo "changed"; exit 1; }
