import { hashes } from "@cbr/client/node"
import * as Redacted from "effect/Redacted"
import type { Loaded } from "../configuration/ConfigurationFile.ts"

/**
 * By what this process knows a credential of a configuration: its name, and a
 * fingerprint of all that it says and of its secret. It leaves the process
 * never, so it need not be slow to derive.
 */
export const credentialId = (
  { configuration, secrets }: Pick<Loaded, "configuration" | "secrets">,
  name: string
): string => {
  const credential = configuration.credentials[name]
  const secret = secrets.get(name)
  const of = credential?.type === "agency" ? credentialId({ configuration, secrets }, credential.of) : ""
  const said = JSON.stringify([credential, secret === undefined ? "" : Redacted.value(secret), of])
  return `${name} ${hashes.sha256(said)}`
}
