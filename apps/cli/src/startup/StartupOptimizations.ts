/**
 * What makes the command line start sooner, each by itself; docs/startup.md says what each gains. One that is false is
 * left
 * out of the next build.
 */
export const tricks = {
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
