import * as DateTime from "effect/DateTime"
import type { Caller, Scope } from "./Caller.ts"

/** The right that a request needs, and the address that it comes from. */
export interface Intent {
  readonly project_id: string
  /** Region that the configuration has for the project; never one that the caller named. */
  readonly region: string | undefined
  readonly scope: Scope
  readonly now: DateTime.Utc
  /** The peer's address, as the socket knows it. */
  readonly address?: string | undefined
}

/** Whether a caller may. The reason is for the audit log alone: a caller that knew it could tell projects apart. */
export type AuthorizationDecision =
  | { readonly _tag: "Allowed" }
  | { readonly _tag: "Denied"; readonly reason: "Expired" | "Address" | "Scope" | "Region" | "Project" }

/**
 * Decides by the caller's rights alone, so that whether a backup exists, or is
 * cached, changes neither the decision nor its time. What no right grants is
 * denied: an unknown address where ranges are given, an unknown region where
 * regions are.
 */
export const authorize = (caller: Caller, intent: Intent): AuthorizationDecision => {
  const { project_id, region, scope } = intent
  const unfit = credentialProblem(caller, intent)
  if (unfit !== undefined) return denied(unfit)
  if (!caller.scopes.has(scope)) return denied("Scope")
  if (caller.regions !== "*" && (region === undefined || !caller.regions.has(region))) return denied("Region")
  if (caller.projects !== "*" && !caller.projects.has(project_id)) return denied("Project")
  return allowed
}

/** Why a credential has no rights now or from that address, whatever is asked: its holder may not be the caller. */
export const credentialProblem = (
  { addresses, expires_at }: Caller,
  { address, now }: Pick<Intent, "address" | "now">
): "Expired" | "Address" | undefined => {
  if (expires_at !== undefined && DateTime.isLessThanOrEqualTo(expires_at, now)) return "Expired"
  return addresses !== "*" && (address === undefined || !addresses.contains(address)) ? "Address" : undefined
}

const allowed: AuthorizationDecision = { _tag: "Allowed" }

const denied = (reason: Extract<AuthorizationDecision, { _tag: "Denied" }>["reason"]): AuthorizationDecision => ({
  _tag: "Denied",
  reason
})
