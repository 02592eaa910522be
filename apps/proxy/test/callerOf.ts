import type { Caller, VerifiedCaller } from "../src/rights/Caller.ts"

/** A caller that may read everything from everywhere for ever, but for what is said otherwise. */
export const callerOf = (id: string, rights: Partial<Caller> = {}): Caller => ({
  id,
  projects: "*",
  regions: "*",
  scopes: new Set(["read"]),
  quota_class: "default",
  expires_at: undefined,
  addresses: "*",
  ...rights
})

/** A caller as a credential shows it that was not revoked. */
export const knownAs = (caller: Caller): VerifiedCaller => ({ caller, revocation_id: `of ${caller.id}` })
