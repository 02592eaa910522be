import { type FailureCode, type FailureDetail, type FailureDetails, failureText } from "@cbr/client"
import { assert, describe, it } from "@effect/vitest"
import { en } from "../../src/messages/en.ts"
import { zh } from "../../src/messages/zh.ts"

const other: FailureDetail = { code: "other", message: "words-of-others" }
const peer = { host: "host.example", system_code: "ECODE" }
const seconds = 4711
const file = "/some/file"

/** One detail of each code, with as many facts as it can have. */
const samples: { readonly [Code in FailureCode]: Readonly<FailureDetails[Code]> } = {
  "name-not-found": { ...peer, isProxy: true },
  "not-connected": { ...peer, isProxy: true },
  "certificate-not-trusted": { ...peer, isProxy: true },
  "no-tls": peer,
  "connection-broken": peer,
  "no-answer": { host: "cbr.example", error: "TypeError" },
  "tunnel-refused": peer,
  "proxy-wants-login": { ...peer, host: "" },
  "address-not-callable": { origin: "http://origin.example" },
  "no-answer-within": { service: "ecs-metadata", seconds },
  "no-backup-within": { seconds, last: other },
  "no-answer-for-caller": { milliseconds: seconds },
  "caller-leaves-no-time": { milliseconds: seconds },
  "circuit-open": { host: "host.example", seconds, last: other },
  "circuit-is": { host: "host.example", state: "HalfOpen" },
  answered: { by: "proxy", status: 418, error_code: "CODE.1", error_msg: "words-of-the-service" },
  "backup-unreadable": { fault: { code: "too-large", characters: 815, limit: 814 } },
  "answer-too-large": { service: "IAM", bytes: seconds },
  "answer-compressed": { service: "pod-identity" },
  "answer-not-text": { service: "IAM" },
  "answer-without-projects": {},
  "answer-without-token": {},
  "answer-without-federated-token": {},
  "answer-without-identity": { service: "IAM" },
  "answer-without-key": { service: "ecs-metadata" },
  other: { message: "words-of-others" },
  "no-credentials": { searched: [{ place: "the-vault", reason: other }] },
  "none-set": { variables: [["A_B"], ["C_D", "E_F"]] },
  "agency-not-assumed": { agency: "readers", ak: "HW_ACCESS_KEY" },
  "no-credentials-in-environment": { variables: [["A_B"], ["C_D", "E_F"]] },
  "neither-set": { variables: ["A_B", "C_D"] },
  "half-set": { set: "A_B", missing: "C_D" },
  "password-half-set": { needed: ["A_B", "C_D", "E_F"], missing: "C_D" },
  "switched-off": { variable: "A_B" },
  "no-key-or-token": {},
  "profile-without-credential": { profile: "work", file },
  "no-credential-for-agency": { profile: "work", file },
  "profile-incomplete": { profile: "work", file, needed: ["uno", "dos"], missing: ["dos"] },
  "no-such-profile": { profile: "work", file, profiles: ["uno", "dos"] },
  "profile-without-file": { profile: "work", by: "--profile", file },
  "no-cloud-named": { file },
  "clouds-not-read": {},
  "no-such-cloud": { cloud: "mine", file, clouds: ["uno", "dos"] },
  "cloud-incomplete": { cloud: "mine", file, missing: "A_B" },
  "cloud-auth-unread": { cloud: "mine", file, auth_type: "v3-kerberos" },
  "not-yaml": { file },
  "iam-address-needed": { by: "agency" },
  "iam-and-project-needed": {},
  "secret-empty": { secret: "access-key-id" },
  "secret-unsendable": { secret: "security-token", fault: "quoted", at: { setting: "sk", profile: "work", file } },
  "key-held-back": { seconds, refusal: other },
  "credential-held-back": { seconds, refusal: other },
  "not-asked-again": { seconds, refusal: other },
  "no-home-folder": {},
  "no-file": { file },
  "no-default-profile": { file },
  "file-of-koocli": { file },
  "file-unreadable": { file, holds: "pod-token", reason: "PermissionDenied" },
  "file-not-text": { file, holds: "id-token" },
  "file-empty": { file, holds: "id-token" },
  "not-json": { file },
  "not-a-regular-file": { file },
  "file-not-as-expected": {
    file,
    faults: [
      { path: ["uno"], fault: "missing" },
      { path: ["dos"], fault: "unexpected" },
      { path: ["tres", "4"], fault: "wrong", expected: "object" }
    ]
  },
  "file-open-to-change": { file, mode: "0666" },
  "file-open-to-read": { file, mode: "0644" },
  "file-of-another-user": { file, uid: seconds },
  "file-lent-by-user": { file, uid: seconds },
  "no-basic-section": { file },
  "basic-section-empty": { file },
  "basic-section-half": { file, set: "ak", missing: "sk" },
  "not-a-regions-file": { file },
  "authorities-unusable": { file, reason: other },
  "no-such-file": {},
  "file-not-open": {},
  "file-is-folder": {},
  "certificate-in-der": { file },
  "no-certificate-in-file": {},
  "no-endpoint": {},
  "not-a-region": { region: "cn-noth-4", nearest: ["cn-north-4", "cn-north-1"] },
  "region-without-cbr": { region: "cn-noth-4", nearest: ["cn-north-4", "cn-north-1"] },
  "signing-unsupported": { algorithm: "ROT13" },
  "signing-needs-region": {},
  "not-an-address": { setting: "iam-endpoint", fault: "with-user" },
  "not-an-iam-address": { setting: "iam_endpoint", profile: "work" },
  "not-http": { variable: "A_B" },
  "undici-missing": {},
  "https-proxy-unusable": { fault: "lone-percent" },
  "project-needs-iam": {},
  "project-needs-region": {},
  "no-one-project": { name: "mine", count: 2, projects: [{ id: "p1", name: "mine" }] },
  "project-of-other-region": { project: "mine", region: "cn-north-4" },
  "list-parameters-malformed": {
    parameters: [
      { name: "limit", value: "0" },
      { name: "status", value: '["done"]' },
      { name: "resource_nam", value: '"x"' }
    ]
  },
  "project-missing": {},
  "several-resources": {
    name: "ecs-orders-0001",
    resources: [{ id: "1f2e", newest: "6df2", created_at: "2026-01-02T03:04:05" }, { id: "3a4b" }]
  },
  "no-backup-of-resource": { by: "resource_name", resource: "ecs-orders-0001" },
  "list-unsorted": {},
  "list-without-copies": {},
  "list-saved-in-part": { received: 500, count: 1_200 },
  "resource-missing": {},
  "list-unpaged": {},
  "ids-malformed": { fields: ["project_id", "backup_id"] },
  "not-a-time": { option: "callTimeout" },
  "not-of-type": { option: "sk", type: "a string" },
  "not-milliseconds": { option: "callTimeout" },
  "not-a-count": { option: "retries", least: 7 },
  "not-an-amount": { option: "ratio" },
  "negative-time": { option: "longestRetryAfter" },
  "condition-impossible": { condition: "status=available", reason: other },
  "condition-not-met-within": { condition: "status=available", milliseconds: 60_000, last: other },
  "condition-not-met-at-end": { condition: "status=available", last: other },
  "condition-not-met-by-saved": { condition: "status=available", reason: other },
  "no-look-yet": {},
  "look-failed": { reason: other },
  "backup-gone": {},
  "status-is": { status: "pondering", path: "children[0]" },
  "status-missing": { path: "children[0]" },
  "no-replication": { region: "cn-south-1" },
  "replication-is": { region: "cn-south-1", status: "pondering", progress: 40 },
  "restore-mode-is": { mode: "pondering" },
  "test-not-held": {},
  "test-gives": { value: "7", missing: "uno", near: "dos" },
  "not-there-yet": {},
  "several-reasons": {
    reasons: [
      other,
      { code: "status-is", status: "pondering" },
      { code: "no-replication", region: "cn-south-1" },
      other
    ]
  },
  "deletion-undone": { status: "pondering" },
  "replication-ended": { region: "cn-south-1", status: "fail", reasons: ["No capacity left"] },
  "condition-not-text": {},
  "no-condition": {},
  "deleted-with-others": {},
  "replicated-needs-region": {},
  "restorable-mode-unknown": {},
  "not-a-status": { status: "pondering" },
  "not-a-condition": { condition: "pondering" },
  "not-a-query": {
    query: "pondering =",
    reason: { code: "value", name: "uno", found: "7" },
    why: "uno cannot use 7"
  },
  "query-not-read": {}
}

const isChinese = /\p{Script=Han}/u

/** Names, numbers and the like, which are the same in both languages. */
const facts = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/[\w./:=[\]@%-]*[\w/\]]/g)]
    .map(([fact]) => fact)
    .filter((fact) =>
      /[\d_/=[\].%-]|[A-Z]{2}|^(?:work|mine|uno|dos|tres|ak|sk|fail|pondering|retries|ratio|callTimeout)$/.test(fact)
    )
    .filter((fact) => !ofLanguage.has(fact))
    .sort()

const ofLanguage: ReadonlySet<string> = new Set(["ID", "half-open", "it."])

describe("a failure in two languages", () => {
  const all = Object.entries(samples).map(([code, facts]) => [code, { code, ...facts } as FailureDetail] as const)

  it.each(all.filter(([code]) => code !== "other"))("has a sentence for %s in each", (_, detail) => {
    assert.strictEqual(en.detail(detail), failureText(detail))
    assert.notMatch(en.detail(detail), isChinese)
    assert.match(zh.detail(detail), isChinese)
    // No sentence is left in English; a few words may be a name.
    assert.notMatch(zh.detail(detail), /(?:[A-Za-z]+ ){3}[a-z]+/)
  })

  it.each(all)("has the same facts for %s in each", (_, detail) => {
    assert.deepStrictEqual([...new Set(facts(zh.detail(detail)))], [...new Set(facts(en.detail(detail)))])
  })
})
