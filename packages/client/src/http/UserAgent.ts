import { version } from "./Version.ts"

/** The globals of a runtime that name it. */
interface Runtime {
  /** Bun and Deno name themselves beside the Node that they stand in for. */
  readonly process?: { readonly versions?: { readonly node?: string; readonly bun?: string; readonly deno?: string } }
  readonly navigator?: { readonly userAgent?: string }
  readonly document?: unknown
}

/**
 * The `User-Agent` of requests: `cbr/0.1.0 node/24.21.0`. Absent in a browser, which sets its own. It is never part of
 * a signature, since gateways on the way may change it.
 */
export const userAgentOf = (of: Runtime): string | undefined => {
  if (of.document !== undefined) return undefined
  const versions = of.process?.versions ?? {}
  const name = (["bun", "deno", "node"] as const).find((each) => versions[each] !== undefined)
  // Node's own `navigator` says less than its version, and the first access makes it.
  const runtime =
    name === undefined ? of.navigator?.userAgent?.replace(/[^\x21-\x7e]+/g, "-") : `${name}/${versions[name]}`
  return runtime === undefined || runtime === "" ? `cbr/${version}` : `cbr/${version} ${runtime}`
}

/** {@link userAgentOf} this runtime. */
export const userAgent = userAgentOf(globalThis)
