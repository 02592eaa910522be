import { defaultResiliencePolicy, EndpointVariables } from "@cbr/client"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Messages } from "../messages/Messages.ts"
import { countFlag, describe, switchFlag, textFlag, timeSettingFlag } from "./Flags.ts"

/** The flags of every command that calls the service. A flag overrides its variable. */
export const connectionFlags = ({ flags: words }: Messages) => ({
  projectId: Flag.String("project-id").pipe(
    Flag.withAlias("project"),
    Flag.withMetavar("ID"),
    describe(words.projectId, EndpointVariables.variables.project),
    Flag.optional
  ),
  region: Flag.String("region").pipe(
    Flag.withMetavar("REGION"),
    describe(words.region, EndpointVariables.variables.region),
    Flag.optional
  ),
  endpoint: Flag.String("endpoint").pipe(
    Flag.withMetavar("URL"),
    describe(words.endpoint, EndpointVariables.variables.endpoint),
    Flag.optional
  ),
  timeout: timeSettingFlag("timeout", words.timeout),
  callTimeout: timeSettingFlag("call-timeout", words.callTimeout(Duration.format(defaultResiliencePolicy.callTimeout))),
  retries: countFlag("retries", { min: 0 }, words.retries(defaultResiliencePolicy.retries)).pipe(
    Flag.withDefault(defaultResiliencePolicy.retries)
  ),
  debug: switchFlag("debug", words.debug),
  traceFile: textFlag("trace-file", "FILE", words.traceFile).pipe(Flag.optional)
})

/** The values of {@link connectionFlags}. */
export type ConnectionFlags = Command.Command.Config.Infer<ReturnType<typeof connectionFlags>>

/** The values of {@link connectionFlags} if none is given. */
export const noConnectionFlags: ConnectionFlags = {
  projectId: Option.none(),
  region: Option.none(),
  endpoint: Option.none(),
  timeout: Option.none(),
  callTimeout: Option.none(),
  retries: defaultResiliencePolicy.retries,
  debug: false,
  traceFile: Option.none()
}
