import { findRegion, nearest, nearestRegions } from "@cbr/client"
import * as Redacted from "effect/Redacted"
import type { Configuration } from "./Configuration.ts"

/** What two parts of a configuration say that cannot both be meant. */
export interface Contradiction {
  readonly path: ReadonlyArray<PropertyKey>
  readonly issue: string
}

/** The names that a file gives, those of parts with other faults included. */
interface Names {
  /** Absent, as for projects, where the section is missing: then that is the fault, and no name is. */
  readonly credentials: ReadonlySet<string> | undefined
  readonly issuers: ReadonlySet<string>
  readonly projects: ReadonlySet<string> | undefined
  readonly classes: ReadonlySet<string>
  readonly hasRedis: boolean
}

/**
 * What cannot be meant so, though each setting by itself can.
 *
 * @param written the settings as they stand in the file, from which the configuration was read
 */
export const contradictions = (configuration: Configuration, written: object): ReadonlyArray<Contradiction> => {
  const names = namesIn(configuration, written)
  return [
    ...dangling(configuration, names),
    ...unknownRegions(configuration),
    ...sharedKeys(configuration),
    ...alone(configuration, names)
  ]
}

const namesIn = ({ quotas }: Configuration, written: object): Names => {
  const settings = written as Readonly<Record<string, unknown>>
  const namesOf = (section: unknown) =>
    new Set(typeof section === "object" && section !== null ? Object.keys(section) : [])
  const { classes } = { classes: undefined, ...(settings["quotas"] as object | undefined) }
  return {
    credentials: "credentials" in settings ? namesOf(settings["credentials"]) : undefined,
    issuers: namesOf(settings["issuers"]),
    projects: "projects" in settings ? namesOf(settings["projects"]) : undefined,
    classes: namesOf(classes ?? quotas.classes),
    hasRedis: "redis" in settings
  }
}

/** Regions that no address is known of. */
const unknownRegions = ({ projects, regions }: Configuration): Array<Contradiction> =>
  Object.entries(projects).flatMap(([id, { region }]) => {
    if (regions?.[region]?.endpoint !== undefined || findRegion(region) !== undefined) return []
    const nearest = nearestRegions(region)
    const meant = nearest.length === 0 ? "" : `; did you mean ${nearest.join(" or ")}?`
    const issue = `no address is known of the region ${region}${meant}; if it serves CBR, give regions.${region}.endpoint`
    return [{ path: ["projects", id, "region"], issue }]
  })

/** Names that lead nowhere. Each is a slip of the pen that would otherwise show as a denial at night. */
const dangling = ({ callers, credentials, projects }: Configuration, names: Names): Array<Contradiction> => {
  const issues: Array<Contradiction> = []
  const missing = (
    path: ReadonlyArray<PropertyKey>,
    among: ReadonlySet<string> | undefined,
    name: string,
    what: string
  ) => {
    if (among === undefined || among.has(name)) return
    issues.push({ path, issue: `no such ${what}${didYouMean(nearest(name, Array.from(among)))}` })
  }
  for (const [id, project] of Object.entries(projects)) {
    for (const [index, credential] of project.credentials.entries()) {
      missing(["projects", id, "credentials", index], names.credentials, credential, "name under credentials")
    }
  }
  for (const [name, credential] of Object.entries(credentials)) {
    if (credential.type !== "agency") continue
    const path = ["credentials", name, "of"]
    missing(path, names.credentials, credential.of, "name under credentials")
    if (credentials[credential.of]?.type === "agency") {
      issues.push({ path, issue: "an agency cannot be assumed by another agency" })
    }
  }
  for (const [id, caller] of Object.entries(callers)) {
    missing(["callers", id, "class"], names.classes, caller.class, "name under quotas.classes")
    for (const [index, { issuer }] of caller.tokens.entries()) {
      missing(["callers", id, "tokens", index, "issuer"], names.issuers, issuer, "name under issuers")
    }
    if (caller.projects === "*") continue
    for (const [index, project] of caller.projects.entries()) {
      missing(["callers", id, "projects", index], names.projects, project, "project under projects")
    }
  }
  return issues
}

/** Two callers with one key: whose rights count would be chance. */
const sharedKeys = ({ callers }: Configuration): Array<Contradiction> => {
  const seen = new Set<string>()
  const issues: Array<Contradiction> = []
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
const alone = ({ listen }: Configuration, { hasRedis }: Names): Array<Contradiction> =>
  listen.reuse_port && !hasRedis
    ? [
        {
          path: ["listen", "reuse_port"],
          issue:
            "needs a `redis`: without one each process on the port grants every quota whole, tries a refused key of the cloud by itself, and takes a signed request that another has taken"
        }
      ]
    : []

/** Asks whether a near name was meant, if one is. */
export const didYouMean = (near: string | undefined): string => (near === undefined ? "" : `; did you mean ${near}?`)
