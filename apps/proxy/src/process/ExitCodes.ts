import { ErrorTable } from "@cbr/client"

/** The exit codes of the proxy and its commands; `docs/operations.md` explains them to operators. */
export const exitCodes = {
  /** Told to stop, and everything finished; or the command did what it is for. */
  done: 0,
  /** `check` found a fault, or `keys` could not tell the replicas. */
  failed: 1,
  /** The command line, the configuration or the port cannot be used. */
  unusable: ErrorTable.InvalidRequest.exitCode,
  /** There is no endpoint or no credential. */
  nothingToCallWith: ErrorTable.NoCredentials.exitCode,
  /** Told a second time to stop: 128 and the signal's number. */
  SIGINT: 130,
  SIGTERM: 143
} as const
