import type { RolldownPlugin, RolldownPluginOption } from "rolldown"
import license, { type Dependency } from "rollup-plugin-license"

/** The licences that may come into the bundle: they ask for their text, and MPL-2.0 for where its source is. */
const allowed = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0", "MPL-2.0"]

const isOurs = ({ name }: Dependency): boolean => name?.startsWith("@cbr/") === true

const notice = ({ license: terms, licenseText, name, repository, version }: Dependency): string => {
  const source = typeof repository === "string" ? repository : repository?.url
  return `${name} ${version}, ${terms}${source === undefined ? "" : `\nSource: ${source}`}\n\n${licenseText?.trim()}`
}

/**
 * Writes the notices of all that is in a program's bundle beside it; a licence that may not be there fails the build.
 * Between two notices stands a line of 80 dashes; each begins with the package's name, version and licence.
 */
export const notices = (program: string): RolldownPluginOption => {
  let text = ""
  // Its types tell of an ES module, which it is not.
  const collected = (license as unknown as typeof license.default)({
    thirdParty: {
      allow: {
        test: (dependency) => isOurs(dependency) || allowed.includes(dependency.license ?? ""),
        failOnUnlicensed: true,
        failOnViolation: true
      },
      output: (dependencies) => {
        const notices = dependencies.filter((dependency) => !isOurs(dependency)).map(notice)
        const parts = [`${program} contains the following, each under the licence that stands below it.`, ...notices]
        text = `${parts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`
      }
    }
  }) as RolldownPlugin
  const emitted: RolldownPlugin = {
    name: "third-party-notices",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY-NOTICES.txt", source: text })
    }
  }
  return [collected, emitted]
}
