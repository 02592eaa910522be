#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: to build a client with its credentials and endpoint given reads and writes no file.
# Seen: it makes the folder .huaweicloud in the home folder with a new id in it, and each request names that id in
#   User-Agent, whichever endpoint it goes to. A container with a new home each time is a new application each time; two
#   services of one user are the same one.
# Input: an empty home folder, and GET of a backup by two processes.
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
const { existsSync } = require("node:fs")
const { homedir } = require("node:os")
const say = process.stdout.write.bind(process.stdout)
say(`before: ${existsSync(`${homedir()}/.huaweicloud`) ? "a folder" : "no folder"}\n`)
const server = createServer((request, response) => {
  say(`sent: ${/app\/[0-9a-f-]{36}$/.exec(request.headers["user-agent"])?.[0] ?? "no id"}\n`)
  response.writeHead(200, { "content-type": "application/json" }).end("{}")
}).listen(0, "127.0.0.1", async () => {
  process.stdout.write = () => true // The core logs there.
  const credentials = new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" })
  const client = new ClientBuilder((made) => made).withCredential(credentials).withEndpoint(`http://127.0.0.1:${server.address().port}`).build()
  await client.sendRequest({ method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} })
  server.close()
})
JS
mkdir home
HOME="$work/home" node look.cjs > first
HOME="$work/home" node look.cjs > second
id=$(cat home/.huaweicloud/application_id)
cat first second | sed "s/$id/ID OF THE FILE/" | tee seen
cat > expected <<'TXT'
before: no folder
sent: app/ID OF THE FILE
before: a folder
sent: app/ID OF THE FILE
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
