import { omitUndefined } from "@cbr/domain"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { invalidRequestFailure } from "../../failures/InvalidRequestFailure.ts"
import type { CheckInput } from "./CheckFlags.ts"
import { type CheckPolicy, expectationsOf } from "./CheckPolicy.ts"
import { readCheckPolicy } from "./CheckPolicyFile.ts"
import { texts } from "./texts.ts"

/** The failure of rules that do not go together, or are not there. */
export const misused = (
  why: "noRules" | "noIds" | "noNames" | "lateWarning" | "onlyDegraded",
  next: "giveRules" | "giveIds" | "giveNames" | "warnEarlier" | "giveHealthy"
) => invalidRequestFailure("cbr check", ({ pick }) => [pick(texts)[why], pick(texts)[next]])

/** The rules of a command line and of its policy. */
export const rulesFor = Effect.fnUntraced(function* (input: CheckInput) {
  const rules = {
    ...(Option.isSome(input.policy) ? yield* readCheckPolicy(input.policy.value) : {}),
    ...rulesOf(input)
  }
  const expectations = expectationsOf(rules)
  if (rules.degraded !== undefined && rules.healthy === undefined) return yield* misused("onlyDegraded", "giveHealthy")
  if (Object.keys(expectations).length === 0) return yield* misused("noRules", "giveRules")
  const { age } = expectations
  if (age?.warn !== undefined && age.max !== undefined && Duration.isGreaterThan(age.warn, age.max)) {
    return yield* misused("lateWarning", "warnEarlier")
  }
  return { rules, expectations, now: yield* DateTime.now }
})

const rulesOf = (input: CheckInput): CheckPolicy =>
  omitUndefined({
    healthy: input.healthy || undefined,
    degraded: Option.getOrUndefined(input.degraded),
    status: Option.getOrUndefined(input.status),
    "max-age": Option.getOrUndefined(input.maxAge),
    "warn-age": Option.getOrUndefined(input.warnAge),
    replicated: input.replicated.length === 0 ? undefined : input.replicated,
    "replicated-within": Option.getOrUndefined(input.replicatedWithin),
    restorable: Option.getOrUndefined(input.restorable),
    encrypted: Option.getOrUndefined(input.encrypted),
    "multi-az": Option.getOrUndefined(input.multiAz),
    "not-expiring-within": Option.getOrUndefined(input.notExpiringWithin),
    "min-children": Option.getOrUndefined(input.minChildren),
    "children-whole": input.childrenWhole || undefined,
    "of-resource": Option.getOrUndefined(input.ofResource)
  })
