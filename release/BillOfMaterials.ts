import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as CycloneDX from "@cyclonedx/cyclonedx-library"
import { commitTime, manifestOf, root } from "./Manifests.ts"
import { nodeVersion } from "./NodeRuntime.ts"

/** A package within a bundle. */
interface Part {
  readonly name: string
  readonly version: string
  readonly license: string
}

/** The packages in an app's bundle, as the build wrote them into its notices. */
const partsOf = (app: string): ReadonlyArray<Part> =>
  readFileSync(join(root, app, "dist/THIRD-PARTY-NOTICES.txt"), "utf8")
    .split(`\n${"-".repeat(80)}\n`)
    .slice(1)
    .map((notice) => {
      const [, name, version, license] = /^(\S+) (\S+), (.+)$/m.exec(notice.trim()) ?? []
      if (name === undefined || version === undefined || license === undefined) {
        throw new Error(`a notice of ${app} does not begin with name, version and licence`)
      }
      return { name, version, license }
    })

/**
 * The list of what is in an app's executable or package, as JSON of CycloneDX 1.6: each bundled package with its
 * licence, and Node.
 *
 * @source CycloneDX 1.6
 */
export const billOfMaterialsOf = (app: string): string => {
  const { description, license, name, version } = manifestOf(app)
  const { Enums, Models, Serialize, Spec } = CycloneDX
  const main = new Models.Component(Enums.ComponentType.Application, name, {
    version,
    description,
    bomRef: `${name}@${version}`,
    licenses: new Models.LicenseRepository([new Models.SpdxLicense(license)])
  })
  const parts = partsOf(app).map(
    (part) =>
      new Models.Component(Enums.ComponentType.Library, part.name, {
        version: part.version,
        bomRef: `${part.name}@${part.version}`,
        purl: `pkg:npm/${part.name.replace("@", "%40")}@${part.version}`,
        licenses: new Models.LicenseRepository([new Models.SpdxLicense(part.license)])
      })
  )
  const node = new Models.Component(Enums.ComponentType.Platform, "node", {
    version: nodeVersion,
    bomRef: `node@${nodeVersion}`,
    purl: `pkg:generic/node@${nodeVersion}`,
    licenses: new Models.LicenseRepository([new Models.SpdxLicense("MIT")])
  })
  for (const component of [...parts, node]) main.dependencies.add(component.bomRef)
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ component: main, timestamp: new Date(Number(commitTime()) * 1000) }),
    components: new Models.ComponentRepository([...parts, node])
  })
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6)
  return `${new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 })}\n`
}
