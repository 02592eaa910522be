import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { usableTransport } from "../app/CloudHttpClient.ts"
import { commandLineFlags } from "../app/CommandLineOptions.ts"
import { ConfigurationInvalid, fromTheTop, lineOf } from "../configuration/ConfigurationFault.ts"
import { examine } from "../configuration/ConfigurationFile.ts"
import { exposed, isExposed } from "../net/ListenerExposure.ts"
import { exitCodes } from "../process/ExitCodes.ts"
import { noReuse, reusesPorts } from "../process/PortReuse.ts"
import { StartupError } from "../process/StartupError.ts"

/** `cbr-proxy check`: whether the proxy would start with a configuration, without starting it. */
export const check = Command.make(
  "check",
  {
    file: Argument.String("FILE").pipe(Argument.withDescription("The configuration, YAML or JSON")),
    behindTls: commandLineFlags.behindTls,
    withoutSecrets: Flag.Boolean("without-secrets").pipe(
      Flag.withDescription(
        "Leave alone what only the proxy's own user may read: secrets, the private key and the file of keys"
      ),
      Flag.withDefault(false)
    )
  },
  Effect.fn("check")(
    function* ({ behindTls, file, withoutSecrets }) {
      const { faults, loaded, located, warnings } = yield* examine(file, { withoutSecrets })
      const found = [...faults]
      const routed = yield* Effect.result(usableTransport)
      if (Result.isFailure(routed)) found.push({ message: routed.failure.message, setting: "" })
      if (located !== undefined) {
        const { configuration, fault } = located
        const { admin, listen } = configuration
        if (isExposed({ ...listen, behind_tls: listen.behind_tls || behindTls })) {
          found.push(fault(["listen", "host"], exposed))
        }
        if (admin.enabled && admin.port !== 0 && admin.port === listen.port && isSameHost(admin.host, listen.host)) {
          found.push(fault(["admin", "port"], "the same as listen.port, so the proxy cannot listen on both"))
        }
        if (listen.reuse_port && !(yield* reusesPorts)) found.push(fault(["listen", "reuse_port"], noReuse))
      }
      const marked = warnings.map((warning) => ({ ...warning, message: `warning: ${warning.message}` }))
      if (loaded === undefined || found.length > 0)
        // The warnings come after the faults, which have to be mended first.
        return yield* new ConfigurationInvalid({ file, faults: [...fromTheTop(found), ...marked] })
      const { callers, projects } = loaded.configuration
      const counts = [
        `callers: ${Object.keys(callers).length}`,
        ...(withoutSecrets ? [] : [`keys in a file: ${loaded.keys.length}`]),
        `projects: ${Object.keys(projects).length}`,
        ...(withoutSecrets ? ["secrets not looked at"] : [])
      ]
      yield* Console.log(`${file}: valid (${counts.join(", ")})`)
      for (const warning of marked) yield* Console.error(lineOf(file, warning))
    },
    Effect.catchTag("ConfigurationInvalid", ({ message }) =>
      Effect.fail(new StartupError({ message, exitCode: exitCodes.failed }))
    )
  )
).pipe(
  Command.withDescription(
    "Check a configuration and the files and variables that it names. Prints FILE:LINE:COLUMN for each fault and exits with 1, where a start would exit with 2; exits with 0 when the proxy would start, though there may be a warning on standard error."
  ),
  Command.withShortDescription("Check a configuration")
)

/** Whether callers' host takes a port of the admin's too: `0.0.0.0` has no address of IPv6. */
const isSameHost = (own: string, host: string): boolean =>
  [own, "localhost", "::"].includes(host) || (host === "0.0.0.0" && !own.includes(":"))
