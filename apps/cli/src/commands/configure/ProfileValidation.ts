import { detailOfSecret, Endpoint, type EndpointOptions, RegionsFile, type SecretName } from "@cbr/client"
import { ProjectId } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { orFailure } from "../../failures/ClientFailure.ts"
import type { Failure } from "../../failures/Failure.ts"
import { invalidRequestFailure } from "../../failures/InvalidRequestFailure.ts"
import { texts } from "./texts.ts"

/** Checks that a call can use a region and an address. */
export const validatePlace = (place: Pick<EndpointOptions, "region" | "endpoint">) =>
  Effect.gen(function* () {
    yield* Endpoint.make({ ...place, overrides: yield* RegionsFile.overridesOf(place.region) })
  }).pipe(Effect.catchTag("ConfigError", Effect.die), orFailure({ what: "cbr configure" }))

const isProjectId: (text: unknown) => boolean = Schema.is(ProjectId)

/** Checks the id of a project. */
export const validateProjectId = (text: string) =>
  isProjectId(text)
    ? Effect.void
    : invalidRequestFailure(`--project-id ${text}`, ({ pick }) => [pick(texts).noProject, pick(texts).giveProject])

/** Checks the id of an access key. */
export const validateAccessKeyId = (text: string): Effect.Effect<void, Failure> => {
  const fault = faultOf("access-key-id", text, "--ak")
  // No id of a key has the marks of an address.
  return fault === undefined && !/[:/]/.test(text)
    ? Effect.void
    : invalidRequestFailure("--ak", (messages) => [
        fault?.code === "secret-unsendable" && fault.fault !== "other"
          ? messages.detail(fault)
          : messages.pick(texts).noKey,
        messages.pick(texts).giveKey
      ])
}

/** Reads a secret, without the line break behind it. */
export const parseSecret = (text: string, where: string): Effect.Effect<Redacted.Redacted<string>, Failure> => {
  const secret = text.trim()
  if (secret === "")
    return Effect.fail(invalidRequestFailure(where, ({ pick }) => [pick(texts).emptySecret, pick(texts).giveAlone]))
  if (/\s/.test(secret)) {
    return Effect.fail(invalidRequestFailure(where, ({ pick }) => [pick(texts).notAlone, pick(texts).giveAlone]))
  }
  const fault = faultOf("token", secret, where)
  return fault === undefined
    ? Effect.succeed(Redacted.make(secret))
    : Effect.fail(invalidRequestFailure(where, (messages) => [messages.detail(fault), messages.pick(texts).giveAlone]))
}

const faultOf = (secret: SecretName, text: string, setting: string) =>
  detailOfSecret(secret, Redacted.make(text), { setting })
