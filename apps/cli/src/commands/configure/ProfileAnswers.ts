import type { ProfileFile } from "@cbr/client"
import { omitUndefined } from "@cbr/domain"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Environment from "../../args/Environment.ts"
import type { Failure } from "../../failures/Failure.ts"
import { invalidRequestFailure } from "../../failures/InvalidRequestFailure.ts"
import { decodeText } from "../../input/TextDecoding.ts"
import { Messages } from "../../messages/Messages.ts"
import { promptSecret, promptText, isInteractive } from "../../terminal/Prompt.ts"
import type { ConfigureInput } from "./ConfigureFlags.ts"
import { validatePlace, validateAccessKeyId, validateProjectId, parseSecret } from "./ProfileValidation.ts"
import { texts } from "./texts.ts"

type Place = Pick<ProfileFile.Profile, "region" | "project_id" | "endpoint">
type OwnCredential = Pick<ProfileFile.Profile, "token" | "ak" | "sk">

/** The two halves of a profile that a user gives by flags, variables or prompts. */
export interface Answers {
  readonly place: Place | undefined
  readonly credential: OwnCredential | undefined
}

/** Reads the two halves from the flags, and at a terminal from prompts. */
export const answers = Effect.fnUntraced(function* (input: ConfigureInput, messages: Messages) {
  const words = messages.pick(texts)
  const isAttended = yield* isInteractive
  /** The given value, else the answer to a prompt, checked before the next prompt. */
  const given = <R>(
    text: string | undefined,
    message: string,
    check: (text: string) => Effect.Effect<unknown, Failure, R>
  ) => {
    if (text !== undefined) return Effect.as(check(text), text)
    return isAttended ? promptText(message, check) : Effect.undefined
  }

  // The environment completes the flags; without flags it applies already, and is not saved.
  if (!isAttended && !isGiven(input)) return { place: undefined, credential: undefined }
  // An address of the environment applies already; saved, that of a simulated cloud would outlive it.
  const endpoint = Option.getOrUndefined(input.endpoint)
  if (endpoint !== undefined) yield* validatePlace({ endpoint })
  const region = yield* given(yield* valueOf("region", input.region), words.region, (region) =>
    validatePlace({ region, endpoint })
  )
  const project_id = yield* given(yield* valueOf("project-id", input.projectId), words.projectId, validateProjectId)
  const known: Place = omitUndefined({ region, project_id, endpoint })
  const place = Object.keys(known).length === 0 ? undefined : known
  if (input.tokenStdin) return { place, credential: { token: yield* secretFromStdin } }
  const ak = yield* given(Option.getOrUndefined(input.ak), words.ak, validateAccessKeyId)
  if (ak === undefined) return { place, credential: undefined }
  if (input.secretStdin) return { place, credential: { ak, sk: yield* secretFromStdin } }
  if (!isAttended)
    return yield* invalidRequestFailure("cbr configure", ({ pick }) => [pick(texts).noSecret, pick(texts).giveSecret])
  const sk = yield* promptSecret(words.sk, (text) => parseSecret(text, words.sk))
  return { place, credential: { ak, sk } }
})

/** Whether any flag gives something to save. */
export const isGiven = ({
  ak,
  callTimeout,
  endpoint,
  projectId,
  region,
  timeout,
  tokenStdin
}: ConfigureInput): boolean =>
  tokenStdin ||
  [ak, endpoint, projectId, region].some(Option.isSome) ||
  [timeout, callTimeout].some((limit) => Option.exists(limit, ({ from }) => "flag" in from))

const valueOf = (flag: string, given: Option.Option<string>) =>
  Option.isSome(given) ? Effect.succeed(given.value) : Environment.variable(Environment.variableOf(flag))

/** The longest secret that is read, in bytes: a token of IAM has some 16 kB. */
const longestSecret = 64 * 1024

const secretFromStdin = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio
  const { saved } = yield* Messages
  const text = yield* Stream.orDie(stdin).pipe(
    Stream.limitBytes<Failure, never>(ByteSize.bytes(longestSecret), () =>
      Stream.fail(
        invalidRequestFailure(saved.standardInput, ({ pick }) => [
          pick(texts).endless(longestSecret),
          pick(texts).giveAlone
        ])
      )
    ),
    decodeText,
    Stream.mkString
  )
  return yield* parseSecret(text, saved.standardInput)
})
