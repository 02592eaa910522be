import * as Effect from "effect/Effect"
import * as Ini from "effect/encoding/Ini"
import * as Redacted from "effect/Redacted"
import { readSettings, setting } from "../config/EnvSetting.ts"
import * as TextFile from "../config/TextFile.ts"
import { inHome } from "../config/UserDirectories.ts"
import { constant, type CredentialHome } from "../credentials/Credentials.ts"
import { checkedKey } from "../credentials/SecretText.ts"
import { firstOf, variables } from "../endpoint/EndpointVariables.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"
import { sourceOf, NotConfigured } from "./CredentialSource.ts"
import * as Federation from "./Federation.ts"
import { iamOrigin } from "./IamAddress.ts"

/**
 * The official SDKs' file: section `[basic]` of `~/.huaweicloud/credentials`,
 * or of the file that `HUAWEICLOUD_SDK_CREDENTIALS_FILE` names; `ak` and `sk`
 * with `security_token`, or `idp_id` and `id_token_file`. Its `project_id` and
 * `iam_endpoint` go with its credential, and with no other. Read as Python's
 * `configparser` does: names in any case, followed by `=` or `:`.
 * @category Credential sources
 * @since 0.2.0
 */
export const source = sourceOf(
  "the SDKs' file",
  Effect.gen(function* () {
    const named = yield* readSettings(setting("HUAWEICLOUD_SDK_CREDENTIALS_FILE"))
    const file = named ?? (yield* inHome(".huaweicloud", "credentials"))
    if (file === undefined) return yield* new NotConfigured({ detail: { code: "no-home-folder" } })
    const text = yield* TextFile.read(file).pipe(
      Effect.catch(({ detail, isAbsent, reason }): Effect.Effect<never, NotConfigured | NoCredentials> =>
        isAbsent && named === undefined
          ? Effect.fail(new NotConfigured({ detail: reason === "NotFound" ? { code: "no-file", file } : detail }))
          : Effect.fail(new NoCredentials({ detail }))
      )
    )
    const basic = sectionOf(text)
    if (basic === undefined) return yield* new NotConfigured({ detail: { code: "no-basic-section", file } })
    const iam = yield* iamOrigin({ setting: "iam_endpoint", file }, textOf(basic, "iam_endpoint"))
    const project_id = textOf(basic, "project_id")
    const at: CredentialHome = {
      ...(project_id === undefined ? {} : { project: { id: project_id } }),
      ...(iam === undefined || (yield* isIamSet) ? {} : { iam })
    }
    const accessKey = yield* pairIn(basic, file, "ak", "sk")
    if (accessKey !== undefined) {
      const [ak, sk] = accessKey
      const key = { ak, sk: Redacted.make(sk), security_token: secretOf(basic, "security_token") }
      const checked = yield* checkedKey(key, (setting) => ({ setting, file }))
      return constant({ _tag: "AccessKey", accessKey: checked, ...at })
    }
    const idToken = yield* pairIn(basic, file, "idp_id", "id_token_file")
    if (idToken !== undefined) {
      const [idp_id, id_token_file] = idToken
      return yield* Federation.make({ idp_id, id_token_file, iam, home: at })
    }
    return yield* new NotConfigured({ detail: { code: "basic-section-empty", file } })
  })
)

/** Two fields that go together; `undefined` if neither is set. Fails with `NoCredentials` if only one is set. */
const pairIn = Effect.fnUntraced(function* (basic: Section, file: string, one: string, other: string) {
  const [first, second] = [textOf(basic, one), textOf(basic, other)]
  if (first !== undefined && second !== undefined) return [first, second] as const
  if (first === second) return undefined
  const [set, missing] = first === undefined ? [other, one] : [one, other]
  return yield* new NoCredentials({ detail: { code: "basic-section-half", file, set, missing } })
})

type Section = Readonly<Record<string, unknown>>

const sectionOf = (text: string): Section | undefined => {
  const { basic } = Ini.parse(text.replaceAll(colonAfterName, "$1="))
  if (typeof basic !== "object" || basic === null) return undefined
  return Object.fromEntries(Object.entries(basic).map(([name, value]) => [name.toLowerCase(), value]))
}

/** The parser knows no other sign after a name than `=`. */
const colonAfterName = /^([^\r\n=:]+):/gm

/** An address of IAM in the environment is the more deliberate one. */
const isIamSet = Effect.map(readSettings(firstOf(variables.iamEndpoint)), (found) => found !== undefined)

const textOf = (section: Section, name: string): string | undefined => {
  const value = section[name]
  return typeof value === "string" && value !== "" ? value : undefined
}

const secretOf = (section: Section, name: string): Redacted.Redacted<string> | undefined => {
  const text = textOf(section, name)
  return text === undefined ? undefined : Redacted.make(text)
}
