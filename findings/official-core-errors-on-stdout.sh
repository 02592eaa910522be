#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-core 3.1.211 (Node), with uuid 14.0.3, which it imports without declaring it.
# Guess: a library leaves standard output to the program, and an error that the program catches leaves no trace there.
# Seen: a refused call writes its error and the whole request to standard output, some fifty lines with colours, before the
#   promise rejects. A program whose output another one reads (`| jq`) gives it no JSON any more, though it caught the error.
# Input: GET of a backup, answered with 404; the program catches the error and prints one line of JSON.
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
const server = createServer((_, response) => {
  response.writeHead(404, { "content-type": "application/json" }).end('{"error_code":"BackupService.6201","error_msg":"not found"}')
}).listen(0, "127.0.0.1", async () => {
  const credentials = new BasicCredentials({ ak: "EXAMPLEKEY", sk: "examplesecret", projectId: "p" })
  const client = new ClientBuilder((made) => made).withCredential(credentials).withEndpoint(`http://127.0.0.1:${server.address().port}`).build()
  const call = { method: "GET", url: "/v3/{project_id}/backups/b", contentType: "application/json", queryParams: {}, pathParams: {}, headers: {} }
  const found = await client.sendRequest(call).then(() => true, () => false)
  console.log(JSON.stringify({ found }))
  server.close()
})
JS
node look.cjs > out 2> err
{
  echo "standard error: $(wc -c < err) bytes"
  echo "standard output: $([ "$(wc -l < out)" -gt 20 ] && echo "more than 20 lines" || wc -l < out)"
  echo "its last line: $(tail -n 1 out)"
} | tee seen
cat > expected <<'TXT'
standard error: 0 bytes
standard output: more than 20 lines
its last line: {"found":false}
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
