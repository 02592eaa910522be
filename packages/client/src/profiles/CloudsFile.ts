import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import { readSettings, setting } from "../config/EnvSetting.ts"
import * as TextFile from "../config/TextFile.ts"
import { UserDirectories } from "../config/UserDirectories.ts"
import type { ProjectReference } from "../credentials/Credentials.ts"
import { regionOfProject } from "../endpoint/Regions.ts"
import { NoCredentials } from "../errors/ShowBackupError.ts"

/**
 * Reads YAML. The client's core has no reader for all of it; its door for Node
 * provides one, and without one no `clouds.yaml` is read.
 * @category Profiles
 * @since 0.2.0
 */
export const YamlReader = Context.Reference<((text: string) => Effect.Effect<unknown, unknown>) | undefined>(
  "@cbr/client/YamlReader",
  { defaultValue: () => undefined }
)

/**
 * A cloud of `clouds.yaml`: where it is, and the fields of it and its `auth`, by their names with `_`.
 * @category Profiles
 * @since 0.2.0
 */
export interface Cloud {
  readonly name: string
  readonly file: string
  readonly region: string | undefined
  readonly project: ProjectReference | undefined
  readonly fields: Readonly<Record<string, string>>
}

/**
 * The cloud that `OS_CLOUD` names, in the first `clouds.yaml` that there is: the
 * file of `OS_CLIENT_CONFIG_FILE`, then that of the working folder, of
 * `~/.config/openstack` and of `/etc/openstack`; completed by `secure.yaml`.
 * `undefined` if `OS_CLOUD` names no cloud, or YAML cannot be read here.
 *
 * @source openstacksdk, `openstack.config.loader`
 * @category Profiles
 * @since 0.2.0
 */
export const chosen = Effect.gen(function* () {
  const name = yield* chosenName
  const reader = yield* YamlReader
  if (name === undefined || reader === undefined) return undefined
  const found = yield* first("OS_CLIENT_CONFIG_FILE", "clouds", reader)
  if (found === undefined) {
    return yield* new NoCredentials({ detail: { code: "no-such-cloud", cloud: name, clouds: [] } })
  }
  const secure = yield* first("OS_CLIENT_SECURE_FILE", "secure", reader)
  const clouds = objectOf(found.value["clouds"])
  const cloud = Object.hasOwn(clouds, name) ? objectOf(clouds[name]) : undefined
  if (cloud === undefined) {
    return yield* new NoCredentials({
      detail: { code: "no-such-cloud", cloud: name, file: found.file, clouds: Object.keys(clouds) }
    })
  }
  return cloudOf(name, found.file, cloud, objectOf(objectOf(secure?.value["clouds"])[name]))
})

/**
 * The name that `OS_CLOUD` holds; `envvars` stands for the variables of the environment themselves.
 * @category Profiles
 * @since 0.2.0
 */
export const chosenName = Effect.map(readSettings(setting("OS_CLOUD")), (name) =>
  name === "envvars" ? undefined : name
)

const cloudOf = (name: string, file: string, ...parts: ReadonlyArray<Fields>): Cloud => {
  const whole = parts.map(normal)
  // Fields outside `auth` count too; a field within `auth` goes first.
  const fields = Object.assign(
    {},
    ...whole.map(textsOf),
    ...whole.map(({ auth }) => textsOf(normal(objectOf(auth))))
  ) as Record<string, string>
  const { project_id, project_name, region_name, tenant_id, tenant_name } = fields
  const [id, title] = [project_id ?? tenant_id, project_name ?? tenant_name]
  const { regions } = Object.assign({}, ...whole) as Fields
  const [listed] = Array.isArray(regions) ? (regions as ReadonlyArray<unknown>) : []
  const ownRegion = textOf(listed) ?? textOf(objectOf(listed)["name"]) ?? region_name
  return {
    name,
    file,
    region: ownRegion ?? (title === undefined ? undefined : regionOfProject(title)) ?? vendors[fields["profile"] ?? ""],
    project: id === undefined ? (title === undefined ? undefined : { name: title }) : { id },
    fields
  }
}

/** The first region of a cloud that openstacksdk knows by its profile. */
const vendors: Readonly<Record<string, string>> = { otc: "eu-de" }

/** The files in which a cloud may stand, in their order: that which a variable names, then the usual ones. */
const filesOf = Effect.fnUntraced(function* (variable: string, name: string) {
  const own = yield* readSettings(setting(variable))
  const { config, home } = yield* UserDirectories
  const path = yield* Path.Path
  const folders = [
    ".",
    ...(config === undefined ? [] : [path.join(path.dirname(config), "openstack")]),
    ...(home === undefined ? [] : [path.join(home, ".config", "openstack")]),
    "/etc/xdg/openstack",
    "/etc/openstack"
  ]
  const usual = folders.flatMap((folder) => ["yaml", "yml", "json"].map((type) => path.join(folder, `${name}.${type}`)))
  return own === undefined ? usual : [own, ...usual]
})

/**
 * The first of the usual files that can be read.
 * @category Profiles
 * @since 0.2.0
 */
export const firstFile = Effect.gen(function* () {
  for (const file of yield* filesOf("OS_CLIENT_CONFIG_FILE", "clouds")) {
    if (yield* Effect.isSuccess(TextFile.read(file))) return file
  }
  return undefined
})

/** The first file that there is, read. */
const first = Effect.fnUntraced(function* (
  variable: string,
  name: string,
  reader: (text: string) => Effect.Effect<unknown, unknown>
) {
  for (const file of yield* filesOf(variable, name)) {
    const text = yield* TextFile.read(file).pipe(
      Effect.catch(({ detail, isAbsent }) =>
        isAbsent ? Effect.succeed(undefined) : Effect.fail(new NoCredentials({ detail }))
      )
    )
    if (text === undefined) continue
    // The reader's own error may quote a secret of the file.
    const value = yield* Effect.mapError(reader(text), () => new NoCredentials({ detail: { code: "not-yaml", file } }))
    return { file, value: objectOf(value) }
  }
  return undefined
})

type Fields = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {}

/** A name may be written with `-` for `_`. */
const normal = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.replaceAll("-", "_"), value]))

const textsOf = (fields: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const text = textOf(value)
      return text === undefined ? [] : [[name, text]]
    })
  )

/** A password of digits is a number to YAML. */
const textOf = (value: unknown): string | undefined =>
  (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : undefined
