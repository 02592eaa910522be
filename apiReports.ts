// Compares what the packages export with the reports in their `etc`: `node apiReports.ts`. `node apiReports.ts accept` writes the
// reports anew. The packages must be built. Each public declaration must say its `@category` and `@since`.
import { mkdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor"

const packages = join(import.meta.dirname, "packages")

/** A door of a package, and the name of the report about it. */
interface Door {
  readonly folder: string
  readonly entry: string
  readonly report: string
}

const doors: ReadonlyArray<Door> = [
  { folder: "domain", entry: "index", report: "domain" },
  { folder: "client", entry: "index", report: "client" },
  { folder: "client", entry: "index.node", report: "client-node" },
  { folder: "client", entry: "promise", report: "client-promise" },
  { folder: "client", entry: "promise.node", report: "client-promise-node" },
  { folder: "client", entry: "jmespath", report: "client-jmespath" },
  { folder: "client", entry: "signing/index", report: "client-signing" }
]

const configOf = ({ entry, folder, report }: Door): ExtractorConfig => {
  const projectFolder = join(packages, folder)
  const mainEntryPointFilePath = join(projectFolder, `dist/${entry}.d.ts`)
  mkdirSync(join(projectFolder, "node_modules/.cache/api"), { recursive: true })
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, "package.json"),
    configObject: {
      projectFolder,
      mainEntryPointFilePath,
      newlineKind: "lf",
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "es2024",
            lib: ["es2024", "dom"],
            module: "nodenext",
            strict: true,
            exactOptionalPropertyTypes: true,
            skipLibCheck: true,
            types: ["node"],
            // The door for the workspace is the sources, which hold more than is published.
            paths: { "@cbr/domain": [join(packages, "domain/dist/index.d.ts")] }
          },
          files: [mainEntryPointFilePath]
        }
      },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: "<projectFolder>/etc",
        reportTempFolder: "<projectFolder>/node_modules/.cache/api"
      },
      docModel: { enabled: true, apiJsonFilePath: `<projectFolder>/node_modules/.cache/api/${report}.api.json` },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        // The reports show what is exported; what is wrong with a comment is not their matter.
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } }
      }
    }
  })
}

/** A declaration in the model that API Extractor writes. */
interface ApiItem {
  readonly kind: string
  readonly name?: string
  readonly docComment?: string
  readonly members?: ReadonlyArray<ApiItem>
}

const isTagged = ({ docComment = "" }: ApiItem): boolean =>
  /@category[\s*]+\w/.test(docComment) && /@since[\s*]+\d/.test(docComment)

/** The names in an item that no comment gives both tags. A type and a value of one name share a comment. */
const untagged = ({ members = [] }: ApiItem): ReadonlyArray<string> => {
  const tagged = new Set(members.filter(isTagged).map(({ name }) => name))
  return members.flatMap((member) => {
    const { kind, name = "" } = member
    if (kind === "EntryPoint") return untagged(member)
    if (kind === "Namespace") return untagged(member).map((inner) => `${name}.${inner}`)
    return tagged.has(name) ? [] : [name]
  })
}

const accepts = process.argv[2] === "accept"
const faults = doors.flatMap((door) => {
  const config = configOf(door)
  const { apiReportChanged, succeeded } = Extractor.invoke(config, {
    localBuild: accepts,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error
    }
  })
  const report = relative(import.meta.dirname, config.reportFilePath)
  const names = untagged(JSON.parse(readFileSync(config.apiJsonFilePath, "utf8")) as ApiItem)
  return [
    ...(apiReportChanged && !accepts
      ? [`${report}: the API differs. To accept the change: npx --yes pnpm@12.21.0 api:accept`]
      : []),
    ...(succeeded || (apiReportChanged && !accepts) ? [] : [`${report}: API Extractor failed; see above`]),
    ...names.map((name) => `${report}: the comment of ${name} needs @category and @since`)
  ]
})
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1
