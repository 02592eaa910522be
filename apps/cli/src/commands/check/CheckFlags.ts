import { BackupStatus } from "@cbr/domain"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { resourceFlag } from "../../args/BackupSelectors.ts"
import { connectionFlags } from "../../args/ConnectionFlags.ts"
import * as Flags from "../../args/Flags.ts"
import { optionalFlagValues } from "../../args/OptionalFlagValues.ts"
import { Messages } from "../../messages/Messages.ts"
import { Span } from "../../values/durations.ts"
import { texts } from "./texts.ts"

/** The arguments and flags of `cbr check`. */
export const checkFlags = (messages: Messages) => {
  const { flags } = messages
  const own = messages.pick(texts)
  const span = (name: string, description: string) =>
    Flags.parsedFlag(name, "SPAN", Span, description).pipe(Flag.optional)
  return {
    ids: Argument.String("ID").pipe(Argument.withDescription(messages.args.ids), Argument.variadic()),
    healthy: Flags.switchFlag("healthy", own.flags.healthy),
    degraded: Flags.choiceFlag("degraded", ["warning", "critical"], own.flags.degraded).pipe(Flag.optional),
    status: Flags.choiceFlag("status", BackupStatus.members, own.flags.status).pipe(Flag.optional),
    maxAge: span("max-age", own.flags.maxAge),
    warnAge: span("warn-age", own.flags.warnAge),
    replicated: Flags.listFlag("replicated", "REGION", own.flags.replicated).pipe(Flag.withDefault([])),
    replicatedWithin: span("replicated-within", own.flags.replicatedWithin),
    restorable: Flags.choiceFlag("restorable", optionalFlagValues.restorable, own.flags.restorable, "any").pipe(
      Flag.optional
    ),
    encrypted: Flags.eitherFlag("encrypted", own.flags.encrypted).pipe(Flag.optional),
    multiAz: Flags.eitherFlag("multi-az", own.flags.multiAz).pipe(Flag.optional),
    notExpiringWithin: span("not-expiring-within", own.flags.notExpiringWithin),
    minChildren: Flags.countFlag("min-children", { min: 0 }, own.flags.minChildren).pipe(Flag.optional),
    childrenWhole: Flags.switchFlag("children-whole", own.flags.childrenWhole),
    ofResource: Flags.textFlag("of-resource", "ID", own.flags.ofResource).pipe(Flag.optional),
    resource: resourceFlag(messages),
    all: Flag.Boolean("all").pipe(Flag.withDescription(own.flags.all), Flag.withDefault(false)),
    expect: Flags.flagWithoutVariable("expect", "FILE", own.flags.expect),
    ignore: Flag.String("ignore").pipe(
      Flag.withMetavar("PATTERN|FILE"),
      Flag.withDescription(own.flags.ignore),
      Flag.atLeast(0)
    ),
    seenWithin: Flags.parsedFlag("seen-within", "SPAN", Span, own.flags.seenWithin, { hasVariable: false }).pipe(
      Flag.optional
    ),
    groupBy: Flag.Literals("group-by", ["vault", "type"]).pipe(Flag.withDescription(own.flags.groupBy), Flag.optional),
    policy: Flags.textFlag("policy", "FILE", own.flags.policy).pipe(Flag.optional),
    exitStyle: Flags.choiceFlag("exit-style", ["monitoring", "cli"], own.flags.exitStyle).pipe(
      Flag.withDefault("monitoring" as const)
    ),
    from: Flags.textFlag("from", "FILE", flags.from).pipe(Flag.optional),
    ...connectionFlags(messages)
  }
}

/** The values of {@link checkFlags}. */
export type CheckInput = Command.Command.Config.Infer<ReturnType<typeof checkFlags>>
