#!/bin/sh
# Package: @huaweicloud/huaweicloud-sdk-iam 3.1.172 (Node), on @huaweicloud/huaweicloud-sdk-core 3.1.211 with uuid 14.0.3, which
#   the core imports without declaring it. The clients of the other services are generated in the same way.
# Guess: an answer has the fields that its declarations have: `projects[0].domainId`, and `xSubjectToken` of a new token.
# Seen: the answer is no instance of the declared class, and nothing in it is. Each field whose name has two words is undefined,
#   though its declaration says `string`: the value stands under the name of the wire, which the declaration makes private.
#   So a program that the compiler accepts sees a project without an account, and a login without a token.
# Input: the answers of ListProjects and of a login, with the values of IAM's own examples.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @huaweicloud/huaweicloud-sdk-iam@3.1.172 @huaweicloud/huaweicloud-sdk-core@3.1.211 uuid@14.0.3
cat > look.cjs <<'JS'
const { readFileSync } = require("node:fs")
const { createServer } = require("node:http")
const { GlobalCredentials } = require("@huaweicloud/huaweicloud-sdk-core/auth/GlobalCredentials")
const iam = require("@huaweicloud/huaweicloud-sdk-iam/v3/public-api")
const declared = (name) =>
  readFileSync(require.resolve(`@huaweicloud/huaweicloud-sdk-iam/v3/model/${name}.d.ts`), "utf8")
    .split("\n")
    .filter((line) => /get (domainId|xSubjectToken)\(|private '(domain_id|X-Subject-Token)'/.test(line))
    .map((line) => line.trim())
    .join(" ")
const server = createServer((request, response) => {
  const isLogin = request.method === "POST"
  response.writeHead(isLogin ? 201 : 200, {
    "content-type": "application/json",
    ...(isLogin && { "x-subject-token": "MIIDkgYJKoZIhvcNAQcCoIIDgzCCA38CAQExDTALBglghkgBZQMEAgEwgXXXXX" })
  })
  const project = { domain_id: "d78cbac186b744899480f25bd022f468", is_domain: false, id: "65382450e8f64ac0870cd180d14e684b" }
  response.end(JSON.stringify(isLogin ? { token: { methods: ["password"] } } : { projects: [project] }))
}).listen(0, "127.0.0.1", async () => {
  const client = iam.IamClient.newBuilder()
    .withCredential(new GlobalCredentials().withAk("AK").withSk("SK").withDomainId("d78cbac186b744899480f25bd022f468"))
    .withEndpoint(`http://127.0.0.1:${server.address().port}`)
    .build()
  const list = await client.keystoneListProjects(new iam.KeystoneListProjectsRequest())
  const [project] = list.projects
  console.log(`declared: ${declared("ProjectResult")}`)
  console.log(`domainId ${project.domainId}, domain_id ${project.domain_id}`)
  const isOfClass = list instanceof iam.KeystoneListProjectsResponse || project instanceof iam.ProjectResult
  console.log(`instance of its class: ${isOfClass}`)
  const login = await client.keystoneCreateUserTokenByPassword(
    new iam.KeystoneCreateUserTokenByPasswordRequest().withBody(new iam.KeystoneCreateUserTokenByPasswordRequestBody())
  )
  console.log(`declared: ${declared("KeystoneCreateUserTokenByPasswordResponse")}`)
  console.log(`xSubjectToken ${login.xSubjectToken}, X-Subject-Token of ${login["X-Subject-Token"].length} characters`)
  process.exit(0)
})
JS
node look.cjs | tee seen
cat > expected <<'TXT'
declared: private 'domain_id'?; get domainId(): string | undefined;
domainId undefined, domain_id d78cbac186b744899480f25bd022f468
instance of its class: false
declared: private 'X-Subject-Token'?; get xSubjectToken(): string | undefined;
xSubjectToken undefined, X-Subject-Token of 62 characters
TXT
cmp -s seen expected || { echo "changed"; exit 1; }
