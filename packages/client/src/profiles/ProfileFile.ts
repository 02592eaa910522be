import { omitUndefined } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import { readSettings, setting } from "../config/EnvSetting.ts"
import * as TextFile from "../config/TextFile.ts"
import { UserDirectories } from "../config/UserDirectories.ts"
import type { ProjectReference } from "../credentials/Credentials.ts"
import type { FailureDetail } from "../errors/FailureDetails.ts"
import { logDetail } from "../errors/FailureText.ts"
import { faultsIn } from "../errors/FileContentFaults.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"

const Secret = Schema.optionalKey(Schema.RedactedFromValue(Schema.String))
const Text = Schema.optionalKey(Schema.String)

/**
 * One way to call: the endpoint, the project, the credential and the time limits. Every field is optional.
 * @category Profiles
 * @since 0.1.0
 */
export const Profile = Schema.Struct({
  /** Region id, such as `cn-north-4`. */
  region: Text,
  project_id: Text,
  /** Origin of CBR or of a proxy, where it is not the region's. */
  endpoint: Text,
  /** Origin of IAM, where it is not the region's. */
  iam_endpoint: Text,
  token: Secret,
  ak: Text,
  sk: Secret,
  security_token: Secret,
  /** IAM user, with `password` and `domain`. */
  user: Text,
  password: Secret,
  /** Name of the account that the user belongs to. */
  domain: Text,
  /** Project of the token, where it is not the region's; in `project_domain`, where it is not `domain`. */
  project_name: Text,
  project_domain: Text,
  /** Agency to assume with the credential above, which must be there, of the account `agency_domain`. */
  agency: Text,
  agency_domain: Text,
  /** Longest time of a whole command of the command line, such as `10m`. */
  timeout: Text,
  /** Longest time of one call with its retries, such as `30s`, likewise. */
  call_timeout: Text,
  /** Address that `cbr version` asks for the newest version, once a day: it answers `{ "version": "1.2.3" }`. */
  version_url: Text
})

/**
 * One way to call: the endpoint, the project and the credential.
 * @category Profiles
 * @since 0.1.0
 */
export type Profile = typeof Profile.Type

/**
 * The project that a profile names: by its id, else by its name.
 * @category Profiles
 * @since 0.2.0
 */
export const projectOf = ({ project_id, project_name }: Profile): ProjectReference | undefined => {
  if (project_id !== undefined) return { id: project_id }
  return project_name === undefined ? undefined : { name: project_name }
}

/**
 * The profiles of a user.
 *
 * @example
 * ```json
 * { "default": "work", "profiles": { "work": { "region": "cn-north-4", "ak": "…", "sk": "…" } } }
 * ```
 * @category Profiles
 * @since 0.1.0
 */
export const ProfileFile = Schema.Struct({
  /** Name of the profile that is used when none is named. */
  default: Text,
  profiles: Schema.Record(Schema.String, Profile)
})

/**
 * The profiles of a user.
 * @category Profiles
 * @since 0.1.0
 */
export type ProfileFile = typeof ProfileFile.Type

/**
 * A profile and where it stands.
 * @category Profiles
 * @since 0.1.0
 */
export interface ChosenProfile {
  readonly name: string
  readonly profile: Profile
  readonly file: string
}

/**
 * The profile that a caller names, as a flag does. It goes before the environment's credentials and settings, where
 * `CBR_PROFILE` only chooses among profiles. `by` names the flag or option, for errors.
 * @category Profiles
 * @since 0.1.0
 */
export const NamedProfile = Context.Reference<{ readonly name: string; readonly by: string } | undefined>(
  "@cbr/client/NamedProfile",
  { defaultValue: () => undefined }
)

/**
 * The path of `profiles.json` in the user's folder of this program; `undefined` if the user has no folder.
 * @category Profiles
 * @since 0.1.0
 */
export const location = Effect.gen(function* () {
  const { config } = yield* UserDirectories
  return config === undefined ? undefined : (yield* Path.Path).join(config, "profiles.json")
})

const decode = Schema.decodeUnknownEffect(ProfileFile, { onExcessProperty: "error" })

/**
 * Reads the profiles, or nothing where there is no file. A file that others
 * may read is still used, with a warning; one that they may change is
 * not: it says where credentials go.
 * @category Profiles
 * @since 0.1.0
 */
export const read = Effect.fn("ProfileFile.read")(function* (file: string) {
  return yield* readUnless(file, ({ reason }) => reason === "NotFound")
})

/** Reads the profiles; `undefined` if `isNone` counts the failure of reading as an absent file. */
const readUnless = (file: string, isNone: (unread: TextFile.TextUnread) => boolean) =>
  Effect.catchTag(readThere(file), "TextUnread", (unread) =>
    isNone(unread) ? Effect.succeed(undefined) : Effect.fail(new NoCredentials({ detail: unread.detail }))
  )

const readThere = Effect.fnUntraced(function* (file: string) {
  const info = yield* stat(file)
  // Opening a pipe would wait for its writer.
  if (info.type !== "File") return yield* new NoCredentials({ detail: { code: "not-a-regular-file", file } })
  yield* mindOthers(file, info)
  const text = yield* TextFile.read(file)
  // Not by the schema: its parser of JSON quotes the text at a fault.
  const value = yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => new NoCredentials({ detail: { code: "not-json", file } })
  })
  return yield* Effect.mapError(
    decode(value),
    ({ issue }) => new NoCredentials({ detail: { code: "file-not-as-expected", file, faults: faultsIn(issue) } })
  )
})

const stat = (file: string) =>
  Effect.mapError(
    FileSystem.FileSystem.use((files) => files.stat(file)),
    ({ reason }) => new TextFile.TextUnread({ file, reason: reason._tag })
  )

/**
 * Why there are no profiles, where none was chosen: no folder, no file that this user can open, or no default in it.
 * @category Profiles
 * @since 0.2.0
 */
export const absence = Effect.gen(function* (): Effect.gen.Return<
  FailureDetail,
  never,
  FileSystem.FileSystem | Path.Path | UserDirectories
> {
  const file = yield* location
  if (file === undefined) return { code: "no-home-folder" }
  const unread = yield* Effect.flip(stat(file)).pipe(Effect.orElseSucceed(() => undefined))
  return unread === undefined || unread.reason === "NotFound" ? { code: "no-default-profile", file } : unread.detail
})

const named = Effect.gen(function* () {
  const name = yield* readSettings(setting("CBR_PROFILE"))
  return (yield* NamedProfile) ?? (name === undefined ? undefined : { name, by: "CBR_PROFILE" })
})

/**
 * The profile that a caller or `CBR_PROFILE` names, else the file's default,
 * else the one called `default`, else the only one. Nothing where there is no
 * file and none was named; one that was named and is not there is an error.
 * @category Profiles
 * @since 0.1.0
 */
export const chosen: Effect.Effect<
  ChosenProfile | undefined,
  NoCredentials,
  FileSystem.FileSystem | Path.Path | UserDirectories
> = Effect.gen(function* () {
  const asked = yield* named
  const file = yield* location
  const found =
    file === undefined
      ? undefined
      : yield* asked === undefined ? readUnless(file, ({ isAbsent }) => isAbsent) : read(file)
  if (file === undefined || found === undefined) {
    if (asked === undefined) return undefined
    const { by, name: profile } = asked
    return yield* new NoCredentials({
      detail: { code: "profile-without-file", profile, by, ...omitUndefined({ file }) }
    })
  }
  const names = Object.keys(found.profiles)
  const name = asked?.name ?? found.default ?? (names.length === 1 ? names[0] : "default")
  const profile = name !== undefined && Object.hasOwn(found.profiles, name) ? found.profiles[name] : undefined
  if (name !== undefined && profile !== undefined) return { name, profile, file }
  if (asked === undefined && found.default === undefined) return undefined
  return yield* new NoCredentials({
    detail: { code: "no-such-profile", profile: name ?? "default", file, profiles: names }
  })
})

const root = 0

/**
 * Checks the rights of other users to a file of secrets. Like `ssh`, it trusts root; and root may use another user's
 * file, as in a folder that is lent to a container.
 */
const mindOthers = Effect.fnUntraced(function* (file: string, { mode, uid }: FileSystem.File.Info) {
  const folders = yield* UserDirectories
  if (!folders.hasModes) return
  const octal = (mode & 0o777).toString(8).padStart(4, "0")
  if ((mode & 0o002) !== 0) {
    return yield* new NoCredentials({ detail: { code: "file-open-to-change", file, mode: octal } })
  }
  const owner = Option.getOrUndefined(uid)
  if (owner !== undefined && owner !== root && folders.uid !== undefined && owner !== folders.uid) {
    if (folders.uid !== root) {
      return yield* new NoCredentials({ detail: { code: "file-of-another-user", file, uid: owner } })
    }
    yield* logDetail("Warn", { code: "file-lent-by-user", file, uid: owner })
  }
  if ((mode & 0o077) !== 0) {
    yield* logDetail("Warn", { code: "file-open-to-read", file, mode: octal })
  }
})
