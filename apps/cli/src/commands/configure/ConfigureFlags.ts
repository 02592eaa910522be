import { defaultResiliencePolicy } from "@cbr/client"
import * as Argument from "effect/cli/Argument"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Duration from "effect/Duration"
import * as Flags from "../../args/Flags.ts"
import type { Messages } from "../../messages/Messages.ts"
import { texts } from "./texts.ts"

/** The arguments and flags of `cbr configure`. */
export const configureFlags = (messages: Messages) => ({
  name: Argument.String("NAME").pipe(Argument.withDescription(messages.pick(texts).args.newProfile), Argument.optional),
  region: Flags.explicitFlag("region", "REGION", messages.flags.region),
  projectId: Flags.explicitFlag("project-id", "ID", messages.flags.projectId),
  endpoint: Flags.flagWithoutVariable("endpoint", "URL", messages.flags.endpoint),
  timeout: Flags.timeSettingFlag("timeout", messages.flags.timeout),
  callTimeout: Flags.timeSettingFlag(
    "call-timeout",
    messages.flags.callTimeout(Duration.format(defaultResiliencePolicy.callTimeout))
  ),
  ak: Flags.textFlag("ak", "AK", messages.pick(texts).flags.ak).pipe(Flag.optional),
  secretStdin: Flags.switchFlag("secret-stdin", messages.pick(texts).flags.secretStdin),
  tokenStdin: Flags.switchFlag("token-stdin", messages.pick(texts).flags.tokenStdin),
  verify: Flags.switchFlag("verify", messages.flags.verify)
})

/** The values of {@link configureFlags}. */
export type ConfigureInput = Command.Command.Config.Infer<ReturnType<typeof configureFlags>>
