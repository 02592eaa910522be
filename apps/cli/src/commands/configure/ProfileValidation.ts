import { detailOfSecret, Endpoint, type EndpointOptions, RegionsFile, type SecretName } from "@cbr/client"
import { ProjectId } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Failure, failureOf } from "../../failures/Failure.ts"
import type { Messages } from "../../messages/Messages.ts"
import { texts } from "./texts.ts"

/** That something cannot be in a profile, with what to give instead. */
export const invalidProfile = (
  what: string,
  said: (messages: Messages) => readonly [why: string, next: string]
): Failure =>
  new Failure({
    kind: "InvalidRequest",
    render: (messages) => {
      const [why, next] = said(messages)
      return { title: messages.wrongUse.title, what, why, next: [next] }
    }
  })

/** A region and an address that a call could use. */
export const validatePlace = (place: Pick<EndpointOptions, "region" | "endpoint">) =>
  Effect.gen(function* () {
    yield* Endpoint.make({ ...place, overrides: yield* RegionsFile.overridesOf(place.region) })
  }).pipe(
    Effect.catchTag("ConfigError", Effect.die),
    Effect.catch((error) => Effect.flatMap(failureOf(error, { what: "cbr configure" }), Effect.fail))
  )

const isProjectId: (text: unknown) => boolean = Schema.is(ProjectId)

/** A project's id. */
export const validateProjectId = (text: string) =>
  isProjectId(text)
    ? Effect.void
    : invalidProfile(`--project-id ${text}`, ({ pick }) => [pick(texts).noProject, pick(texts).giveProject])

/** The id of an access key. */
export const validateAccessKeyId = (text: string): Effect.Effect<void, Failure> => {
  const fault = faultOf("access-key-id", text, "--ak")
  // An address in the place of a key is never one: no id has its marks.
  return fault === undefined && !/[:/]/.test(text)
    ? Effect.void
    : invalidProfile("--ak", (messages) => [
        fault?.code === "secret-unsendable" && fault.fault !== "other"
          ? messages.detail(fault)
          : messages.pick(texts).noKey,
        messages.pick(texts).giveKey
      ])
}

/** A secret without the line's end after it. */
export const parseSecret = (text: string, where: string): Effect.Effect<Redacted.Redacted<string>, Failure> => {
  const secret = text.trim()
  if (secret === "")
    return Effect.fail(invalidProfile(where, ({ pick }) => [pick(texts).emptySecret, pick(texts).giveAlone]))
  if (/\s/.test(secret)) {
    return Effect.fail(invalidProfile(where, ({ pick }) => [pick(texts).notAlone, pick(texts).giveAlone]))
  }
  const fault = faultOf("token", secret, where)
  return fault === undefined
    ? Effect.succeed(Redacted.make(secret))
    : Effect.fail(invalidProfile(where, (messages) => [messages.detail(fault), messages.pick(texts).giveAlone]))
}

const faultOf = (secret: SecretName, text: string, setting: string) =>
  detailOfSecret(secret, Redacted.make(text), { setting })
