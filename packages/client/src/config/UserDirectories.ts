import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import { setting } from "./EnvSetting.ts"

/**
 * The folders of a user's files, by the convention of the platform.
 * @category Configuration
 * @since 0.2.0
 */
export class UserDirectories extends Context.Service<
  UserDirectories,
  {
    /** The home folder; `undefined` in some containers. */
    readonly home: string | undefined
    /** Folder of our own files, such as `~/.config/cbr`. */
    readonly config: string | undefined
    /** Whether files have POSIX modes, so that 0600 means something. */
    readonly hasModes: boolean
    /** The user's number, which tells the user's own files; without it the owner of a file does not matter. */
    readonly uid?: number | undefined
  }
>()("@cbr/client/UserDirectories") {
  /**
   * The folders that the platform's variables name: `XDG_CONFIG_HOME`, `HOME`, `APPDATA`, `USERPROFILE`.
   *
   * @param platform as Node names it: `process.platform`
   * @param uid the user's number: `process.getuid?.()`
   * @source XDG Base Directory Specification: a relative `XDG_CONFIG_HOME` is ignored
   */
  static readonly layerConfig = (platform: string, uid?: number): Layer.Layer<UserDirectories, Config.ConfigError> =>
    Layer.effect(
      UserDirectories,
      Effect.gen(function* () {
        const set = yield* Config.all({
          home: setting("HOME"),
          profile: setting("USERPROFILE"),
          appData: setting("APPDATA"),
          xdg: setting("XDG_CONFIG_HOME")
        })
        if (platform === "win32") {
          const home = set.profile ?? set.home
          const appData = set.appData ?? (home === undefined ? undefined : `${home}\\AppData\\Roaming`)
          return { home, config: appData === undefined ? undefined : `${appData}\\cbr`, hasModes: false }
        }
        const under = (folder: string) => (set.home === undefined ? undefined : `${set.home}/${folder}/cbr`)
        const config =
          platform === "darwin"
            ? under("Library/Application Support")
            : set.xdg?.startsWith("/") === true
              ? `${set.xdg}/cbr`
              : under(".config")
        return { home: set.home, config, hasModes: true, uid }
      })
    )
}

/** The path of a file below the home folder; `undefined` if the user has no home folder. */
export const inHome = Effect.fnUntraced(function* (...names: ReadonlyArray<string>) {
  const { home } = yield* UserDirectories
  return home === undefined ? undefined : (yield* Path.Path).join(home, ...names)
})
