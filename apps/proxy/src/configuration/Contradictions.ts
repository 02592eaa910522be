import { findRegion, nearestName, nearestRegions } from "@cbr/client"
import * as Redacted from "effect/Redacted"
import type { Configuration } from "./Configuration.ts"
import { type SettingPath, type Tree, valueAt } from "./SettingTree.ts"

/** Two parts of a configuration that exclude each other. */
export interface Contradiction {
  readonly path: SettingPath
  readonly issue: string
}

/**
 * The contradictions of a configuration, in which each setting by itself is right.
 *
 * @param written the settings of the file, also those that are left out of the configuration because of a fault
 */
export const contradictions = (configuration: Configuration, written: Tree): ReadonlyArray<Contradiction> => [
  ...dangling(configuration, written),
  ...unknownRegions(configuration),
  ...sharedKeys(configuration),
  ...sharedIssuers(configuration),
  ...alone(configuration, written)
]

/** Regions without a known address. */
const unknownRegions = ({ projects, regions }: Configuration): Array<Contradiction> =>
  Object.entries(projects).flatMap(([id, { region }]) => {
    if (regions?.[region]?.endpoint !== undefined || findRegion(region) !== undefined) return []
    const near = nearestRegions(region)
    const issue = `no address is known of the region ${region}; if it serves CBR, give regions.${region}.endpoint${didYouMean(...near)}`
    return [{ path: ["projects", id, "region"], issue }]
  })

/** Names that lead nowhere. Each is a slip of the pen that would otherwise show as a denial at night. */
const dangling = ({ callers, credentials, projects, quotas }: Configuration, written: Tree): Array<Contradiction> => {
  const issues: Array<Contradiction> = []
  /** Checks a name against those that stand in a section; if the section is missing, that is the one fault. */
  const check = (path: SettingPath, name: string, section: SettingPath, kind = "name", defaults?: object) => {
    const named = valueAt(written, section) ?? defaults
    if (named === undefined || Object.hasOwn(named, name)) return
    const names = Object.keys(named)
    const near = nearestName(name, names)
    const suggestion = near === undefined ? listed(names) : didYouMean(near)
    issues.push({ path, issue: `no such ${kind} under ${section.join(".")}${suggestion}` })
  }
  for (const [id, project] of Object.entries(projects)) {
    for (const [index, credential] of project.credentials.entries()) {
      check(["projects", id, "credentials", index], credential, ["credentials"])
    }
  }
  for (const [name, credential] of Object.entries(credentials)) {
    if (credential.type !== "agency") continue
    const path = ["credentials", name, "of"]
    check(path, credential.of, ["credentials"])
    if (credentials[credential.of]?.type === "agency") {
      issues.push({ path, issue: "an agency cannot be assumed by another agency" })
    }
  }
  for (const [id, caller] of Object.entries(callers)) {
    check(["callers", id, "class"], caller.class, ["quotas", "classes"], "name", quotas.classes)
    for (const [index, { issuer }] of caller.tokens.entries()) {
      check(["callers", id, "tokens", index, "issuer"], issuer, ["issuers"], "name", {})
    }
    if (caller.projects === "*") continue
    for (const [index, project] of caller.projects.entries()) {
      check(["callers", id, "projects", index], project, ["projects"], "project")
    }
  }
  return issues
}

/** Credentials that two callers show: whose rights count would be chance. */
const sharedKeys = ({ callers }: Configuration): Array<Contradiction> => {
  const seen = new Set<string>()
  return Object.entries(callers).flatMap(([id, { access_keys, keys, tokens }]) =>
    [
      ...keys.map(({ sha256 }, index) => ["keys", index, "sha256", "key", Redacted.value(sha256)] as const),
      ...access_keys.map(({ ak }, index) => ["access_keys", index, "ak", "access key", ak] as const),
      ...tokens.map(({ issuer, sub }, index) => ["tokens", index, "sub", "subject", `${issuer} ${sub}`] as const)
    ].flatMap(([list, index, name, kind, value]) => {
      const credential = `${kind} ${value}`
      if (seen.has(credential))
        return [{ path: ["callers", id, list, index, name], issue: `this ${kind} is listed twice` }]
      seen.add(credential)
      return []
    })
  )
}

/** Issuers with one text in their tokens: which of them has signed a token would be chance. */
const sharedIssuers = ({ issuers }: Configuration): Array<Contradiction> => {
  const names = new Map<string, string>()
  return Object.entries(issuers).flatMap(([name, { issuer }]) => {
    const other = names.get(issuer)
    if (other !== undefined)
      return [{ path: ["issuers", name, "issuer"], issue: `issuers.${other} has the same issuer: keep one of them` }]
    names.set(issuer, name)
    return []
  })
}

/** Processes on one port that know nothing of each other. */
const alone = ({ listen }: Configuration, written: Tree): Array<Contradiction> =>
  listen.reuse_port && !("redis" in written)
    ? [
        {
          path: ["listen", "reuse_port"],
          issue:
            "needs a `redis`: without one each process on the port grants every quota whole, tries a refused key of the cloud by itself, and takes a signed request that another has taken"
        }
      ]
    : []

/** Limits above others that were meant to be the higher ones; the proxy can serve with them. */
export const invertedLimits = ({ limits, regions = {}, upstream }: Configuration): ReadonlyArray<Contradiction> => {
  const found: Array<Contradiction> = []
  if (limits.deadline_ms > limits.longest_deadline_ms) {
    const issue = `a request without X-Cbr-Timeout-Ms gets ${limits.deadline_ms} ms, more than the ${limits.longest_deadline_ms} of longest_deadline_ms that one may name: raise that, or lower this`
    found.push({ path: ["limits", "deadline_ms"], issue })
  }
  const check = (path: SettingPath, attempt: number, call: number) => {
    if (attempt <= call) return
    const issue = `an attempt may take ${attempt} ms, and the whole call ${call} by call_timeout_ms: one that takes too long is never tried again; raise that, or lower this`
    found.push({ path: [...path, "attempt_timeout_ms"], issue })
  }
  check(["upstream"], upstream.attempt_timeout_ms, upstream.call_timeout_ms)
  for (const [id, { upstream: own }] of Object.entries(regions)) {
    if (own?.attempt_timeout_ms === undefined && own?.call_timeout_ms === undefined) continue
    const { attempt_timeout_ms, call_timeout_ms } = { ...upstream, ...own }
    check(["regions", id, "upstream"], attempt_timeout_ms, call_timeout_ms)
  }
  return found
}

/** Lists the names of a section, if it has any: the first five, and the count of the others. */
const listed = (names: ReadonlyArray<string>): string => {
  if (names.length === 0) return ""
  const others = names.length > 5 ? ` and ${names.length - 5} more` : ""
  return `, which has ${names.slice(0, 5).join(", ")}${others}`
}

/** Asks whether one of the near names was meant, if there are any. */
export const didYouMean = (...near: ReadonlyArray<string | undefined>): string => {
  const names = near.filter((name) => name !== undefined)
  return names.length === 0 ? "" : `; did you mean ${names.join(" or ")}?`
}
