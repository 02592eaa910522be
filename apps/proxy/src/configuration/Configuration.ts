import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { CacheSection } from "./CacheSection.ts"
import { CallerSection } from "./CallerSection.ts"
import { CredentialSection } from "./CredentialSection.ts"
import { defaulted, named } from "./Defaulted.ts"
import { IssuerSection } from "./IssuerSection.ts"
import { LimitsSection } from "./LimitsSection.ts"
import { LiveSection } from "./LiveSection.ts"
import { ProjectSection, RegionSection } from "./ProjectSection.ts"
import { QuotasSection } from "./QuotasSection.ts"
import { RedisSection } from "./RedisSection.ts"
import { AdminSection, DrainSection, ListenSection, TelemetrySection } from "./ServingSections.ts"
import { SignaturesSection } from "./SignaturesSection.ts"
import { UpstreamSection } from "./UpstreamSection.ts"

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const expectedName = "a name of 1 to 64 letters, digits, . _ or -"
const projectId = /^[A-Za-z0-9_-]{1,64}$/

/** One process is one replica: more of them are started, not configured. */
const oneProcess =
  "expected 1: one process serves, and more cores are more processes. Take this line out, set `listen.reuse_port: true` and a `redis`, and start the proxy once for each core, each with its own CBR_PROXY_ADMIN_PORT"

const OneProcess = Schema.Number.annotate({ message: oneProcess })
  .check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1 }, { message: oneProcess }))
  .annotate({ description: "1, which says nothing: one process serves. For more see `listen.reuse_port`" })

const Shape = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String.annotate({ description: "Where this schema stands, for editors" })),
  listen: ListenSection,
  admin: AdminSection,
  drain: DrainSection,
  workers: Schema.optionalKey(OneProcess),
  telemetry: Schema.optionalKey(TelemetrySection),
  keys_file: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "File in which `cbr-proxy keys` keeps the hashes of callers' keys; relative to this file"
    })
  ),
  callers: named(name, expectedName, CallerSection).annotate({ description: "Who may call, by name" }),
  issuers: defaulted(
    named(name, expectedName, IssuerSection).annotate({
      description: "Who issues JWTs that callers may show, by name"
    }),
    {}
  ),
  signatures: SignaturesSection,
  credentials: named(name, expectedName, CredentialSection).annotate({
    description: "What the proxy shows the cloud, by name"
  }),
  projects: named(projectId, "a project id", ProjectSection).annotate({ description: "What is served, by project id" }),
  regions: Schema.optionalKey(
    Schema.Record(Schema.String, RegionSection).annotate({
      description: "Other addresses of a region, and another patience with it, by its id"
    })
  ),
  upstream: UpstreamSection,
  cache: CacheSection,
  limits: LimitsSection,
  quotas: QuotasSection,
  live: LiveSection,
  redis: Schema.optionalKey(RedisSection)
})

type Shape = typeof Shape.Type

/** Names that lead nowhere. Each is a slip of the pen that would otherwise show as a denial at night. */
const dangling = ({ callers, credentials, issuers, projects, quotas }: Shape): Array<Schema.FilterIssue> => {
  const issues: Array<Schema.FilterIssue> = []
  const missing = (path: ReadonlyArray<PropertyKey>, among: object, name: string, what: string) => {
    if (!Object.hasOwn(among, name)) issues.push({ path, issue: `no such ${what}` })
  }
  for (const [id, project] of Object.entries(projects)) {
    for (const [index, credential] of project.credentials.entries()) {
      missing(["projects", id, "credentials", index], credentials, credential, "name under credentials")
    }
  }
  for (const [name, credential] of Object.entries(credentials)) {
    if (credential.type !== "agency") continue
    const path = ["credentials", name, "of"]
    missing(path, credentials, credential.of, "name under credentials")
    if (credentials[credential.of]?.type === "agency") {
      issues.push({ path, issue: "an agency cannot be assumed by another agency" })
    }
  }
  for (const [id, caller] of Object.entries(callers)) {
    missing(["callers", id, "class"], quotas.classes, caller.class, "name under quotas.classes")
    for (const [index, { issuer }] of caller.tokens.entries()) {
      missing(["callers", id, "tokens", index, "issuer"], issuers, issuer, "name under issuers")
    }
    if (caller.projects === "*") continue
    for (const [index, project] of caller.projects.entries()) {
      missing(["callers", id, "projects", index], projects, project, "project under projects")
    }
  }
  return issues
}

/** Two callers with one key: whose rights count would be chance. */
const sharedKeys = ({ callers }: Shape): Array<Schema.FilterIssue> => {
  const seen = new Set<string>()
  const issues: Array<Schema.FilterIssue> = []
  const sayTwice = (path: ReadonlyArray<PropertyKey>, credential: string, issue: string) => {
    if (seen.has(credential)) issues.push({ path, issue })
    seen.add(credential)
  }
  for (const [id, { access_keys, keys, tokens }] of Object.entries(callers)) {
    for (const [index, { sha256 }] of keys.entries()) {
      sayTwice(["callers", id, "keys", index, "sha256"], `key ${Redacted.value(sha256)}`, "this key is listed twice")
    }
    for (const [index, { ak }] of access_keys.entries()) {
      sayTwice(["callers", id, "access_keys", index, "ak"], `ak ${ak}`, "this access key is listed twice")
    }
    for (const [index, { issuer, sub }] of tokens.entries()) {
      sayTwice(["callers", id, "tokens", index, "sub"], `sub ${issuer} ${sub}`, "this subject is listed twice")
    }
  }
  return issues
}

/** Processes on one port that know nothing of each other. */
const alone = ({ listen, redis }: Shape): Array<Schema.FilterIssue> =>
  listen.reuse_port && redis === undefined
    ? [
        {
          path: ["listen", "reuse_port"],
          issue:
            "needs a `redis`: without one each process on the port grants every quota whole, tries a refused key of the cloud by itself, and takes a signed request that another has taken"
        }
      ]
    : []

/** The configuration file: who may call, what is served, and how. */
export const Configuration = Shape.check(
  Schema.makeFilter((configuration) => [
    ...dangling(configuration),
    ...sharedKeys(configuration),
    ...alone(configuration)
  ])
).annotate({ identifier: "Configuration", title: "cbr-proxy configuration" })

/** The configuration file, read, with every default in place. */
export type Configuration = typeof Configuration.Type
