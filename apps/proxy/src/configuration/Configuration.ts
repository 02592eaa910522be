import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { CacheSection } from "./CacheSection.ts"
import { CallerSection } from "./CallerSection.ts"
import { CredentialSection } from "./CredentialSection.ts"
import { named } from "./Defaulted.ts"
import { LimitsSection } from "./LimitsSection.ts"
import { ProjectSection, RegionSection } from "./ProjectSection.ts"
import { QuotasSection } from "./QuotasSection.ts"
import { AdminSection, DrainSection, ListenSection, TelemetrySection } from "./ServingSections.ts"
import { UpstreamSection } from "./UpstreamSection.ts"

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const expectedName = "a name of 1 to 64 letters, digits, . _ or -"
const projectId = /^[A-Za-z0-9_-]{1,64}$/

const Shape = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String.annotate({ description: "Where this schema stands, for editors" })),
  listen: ListenSection,
  admin: AdminSection,
  drain: DrainSection,
  telemetry: Schema.optionalKey(TelemetrySection),
  keys_file: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "File in which `cbr-proxy keys` keeps the hashes of callers' keys; relative to this file"
    })
  ),
  callers: named(name, expectedName, CallerSection).annotate({ description: "Who may call, by name" }),
  credentials: named(name, expectedName, CredentialSection).annotate({
    description: "What the proxy shows the cloud, by name"
  }),
  projects: named(projectId, "a project id", ProjectSection).annotate({ description: "What is served, by project id" }),
  regions: Schema.optionalKey(
    Schema.Record(Schema.String, RegionSection).annotate({ description: "Other addresses of a region, by its id" })
  ),
  upstream: UpstreamSection,
  cache: CacheSection,
  limits: LimitsSection,
  quotas: QuotasSection
})

type Shape = typeof Shape.Type

/** Names that lead nowhere. Each is a slip of the pen that would otherwise show as a denial at night. */
const dangling = ({ callers, credentials, projects, quotas }: Shape): Array<Schema.FilterIssue> => {
  const issues: Array<Schema.FilterIssue> = []
  const missing = (path: ReadonlyArray<PropertyKey>, among: object, name: string, what: string) => {
    if (!Object.hasOwn(among, name)) issues.push({ path, issue: `no such ${what}` })
  }
  for (const [id, project] of Object.entries(projects)) {
    for (const [index, credential] of project.credentials.entries()) {
      missing(["projects", id, "credentials", index], credentials, credential, "name under credentials")
    }
  }
  for (const [id, caller] of Object.entries(callers)) {
    missing(["callers", id, "class"], quotas.classes, caller.class, "name under quotas.classes")
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
  for (const [id, { keys }] of Object.entries(callers)) {
    for (const [index, key] of keys.entries()) {
      const hash = Redacted.value(key.sha256)
      if (seen.has(hash))
        issues.push({ path: ["callers", id, "keys", index, "sha256"], issue: "this key is listed twice" })
      seen.add(hash)
    }
  }
  return issues
}

/** The configuration file: who may call, what is served, and how. */
export const Configuration = Shape.check(
  Schema.makeFilter((configuration) => [...dangling(configuration), ...sharedKeys(configuration)])
).annotate({ identifier: "Configuration", title: "cbr-proxy configuration" })

/** The configuration file, read, with every default in place. */
export type Configuration = typeof Configuration.Type
