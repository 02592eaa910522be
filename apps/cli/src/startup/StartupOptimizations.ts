/**
 * The optimizations of the command line's start; `docs/startup.md` has the gain of each. The next build leaves out one
 * that is false.
 */
export const startupOptimizations = {
  /** Runs the program as the engine left it compiled after an earlier run. */
  codeCache: true,
  /** Loads a module of Node when something of it is first used. */
  builtinsOnDemand: true,
  /** Loads `node:http` and `node:https` so, too, which the platform package requires by itself. */
  httpOnDemand: true,
  /** Makes the segmenter and the letter tables of the command library at their first use. */
  segmenterOnDemand: true,
  /** Makes the exports that only other chunks need when the first of those is loaded. */
  sharedExportsOnDemand: true,
  /** Computes SHA-256 in JavaScript, rather than load `node:crypto`. */
  sha256: true
} as const satisfies Readonly<Record<string, boolean>>
