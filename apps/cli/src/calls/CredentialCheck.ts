import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Messages } from "../messages/Messages.ts"
import { redactUrl } from "../text/redactUrl.ts"
import * as BackupRef from "../values/BackupRef.ts"
import { fetchBackup } from "./CallTarget.ts"
import type { CallSettings } from "./SettingResolution.ts"

/** An id that no backup has: asking for it proves the credential and nothing else. */
export const probeRef = Option.getOrThrow(BackupRef.parse("00000000-0000-4000-8000-000000000000"))

/** Verifies a credential by a call for a made-up id: a service that knows the caller refuses the id alone. */
export const verifyCredential = (
  settings: CallSettings,
  next: (messages: Messages) => ReadonlyArray<string> = () => []
) =>
  fetchBackup(probeRef, settings).pipe(
    Effect.asVoid,
    Effect.catchIf(
      ({ kind }) => kind === "BackupNotFound" || kind === "RequestRefused",
      () => Effect.void
    ),
    // The id is made up: the call proves the credential.
    Effect.mapError((failure) => failure.about(({ proving }) => proving(placeOf(settings)), next))
  )

/** The region or the address of a call, without a password. */
const placeOf = ({ endpoint, region }: CallSettings): string | undefined =>
  region?.value ?? (endpoint === undefined ? undefined : redactUrl(endpoint.value))
