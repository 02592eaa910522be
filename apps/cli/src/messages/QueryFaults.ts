import type { Reason } from "../jmespath/QueryFault.ts"

/** A sentence for each code of a query's fault: the compiler asks for every one. */
export type QueryFaults = {
  readonly [Code in Reason["code"]]: (facts: Extract<Reason, { readonly code: Code }>) => string
}

/** What a fault is in words. */
export const sayFault =
  (sentences: QueryFaults) =>
  (reason: Reason): string =>
    (sentences[reason.code] as (facts: Reason) => string)(reason)
