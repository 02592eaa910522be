import * as Schema from "effect/Schema"
import { CacheSection } from "../policy/CachePolicy.ts"
import { LimitsSection } from "../policy/LimitsPolicy.ts"
import { LiveSection } from "../policy/LivePolicy.ts"
import { defaulted, named, text, trueOrFalse, wholeNumber } from "../policy/SettingSchema.ts"
import { CallerSection, IssuerSection, SignaturesSection } from "./CallerSection.ts"
import { CredentialSection } from "./CredentialSection.ts"
import { ProjectSection, RegionSection } from "./ProjectSection.ts"
import { QuotasSection } from "./QuotasSection.ts"
import { RedisSection } from "./RedisSection.ts"
import { AdminSection, DrainSection, ListenSection, TelemetrySection } from "./ServingSections.ts"
import { UpstreamSection } from "./UpstreamSection.ts"

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const expectedName = "a name of 1 to 64 letters, digits, . _ or -"
const projectId = /^[A-Za-z0-9_-]{1,64}$/

/** One process is one replica: more of them are started, not configured. */
const oneProcess =
  "expected 1: one process serves, and more cores are more processes. Take this line out, set `listen.reuse_port: true` and a `redis`, and start the proxy once for each core, each with its own CBR_PROXY_ADMIN_PORT"

/** The configuration file: its callers, what is served, and how. What its parts say of each other is in `Contradictions.ts`. */
export const Configuration = Schema.Struct({
  $schema: Schema.optionalKey(Schema.String.annotate({ description: "Address of this schema, for editors" })),
  listen: ListenSection,
  admin: AdminSection,
  drain: DrainSection,
  workers: Schema.optionalKey(
    wholeNumber(1, 1, oneProcess, "Only 1: one process serves. For more, see `listen.reuse_port`")
  ),
  telemetry: Schema.optionalKey(TelemetrySection),
  keys_file: Schema.optionalKey(
    text("File in which `cbr-proxy keys` keeps the hashes of callers' keys; relative to this file")
  ),
  callers: named(name, expectedName, CallerSection).annotate({ description: "Callers, by name" }),
  issuers: defaulted(
    named(name, expectedName, IssuerSection).annotate({
      description: "Issuers of the JWTs that callers may show, by name"
    }),
    {}
  ),
  signatures: SignaturesSection,
  credentials: named(name, expectedName, CredentialSection).annotate({
    description: "The proxy's credentials for the cloud, by name"
  }),
  projects: named(projectId, "a project id", ProjectSection).annotate({
    description: "The projects that the proxy serves, by id"
  }),
  regions: Schema.optionalKey(
    Schema.Record(Schema.String, RegionSection).annotate({
      description: "Other addresses and other limits of a region, by its id"
    })
  ),
  upstream: UpstreamSection,
  cache: CacheSection,
  limits: LimitsSection,
  quotas: QuotasSection,
  live: LiveSection,
  board: defaulted(
    trueOrFalse("Whether there is a page for people at `/-/board`; it shows what the reader's key may see"),
    true
  ),
  redis: Schema.optionalKey(RedisSection)
}).annotate({ identifier: "Configuration", title: "cbr-proxy configuration" })

/** The configuration file, read, with every default in place. */
export type Configuration = typeof Configuration.Type
