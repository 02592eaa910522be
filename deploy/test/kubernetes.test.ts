import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Deployment } from "kubernetes-models/apps/v1"
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2"
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1"
import { PodDisruptionBudget } from "kubernetes-models/policy/v1"
import { Namespace, Secret, Service, ServiceAccount } from "kubernetes-models/v1"
import { assert, describe, it } from "vitest"
import { documentsOf, pathOf, textOf } from "./manifests.ts"

const [kustomization] = documentsOf("kubernetes/kustomization.yaml") as [
  { resources: Array<string>; configMapGenerator: Array<{ files: Array<string> }> }
]

const models = [
  Deployment,
  HorizontalPodAutoscaler,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Secret,
  Service,
  ServiceAccount
]

const objects = [...kustomization.resources, "secrets.example.yaml"].flatMap((file) =>
  documentsOf(`kubernetes/${file}`).map((object) => ({ file, object: object as { apiVersion: string; kind: string } }))
)

const deployment = objects.find(({ object }) => object.kind === "Deployment")!.object as unknown as {
  spec: { template: { spec: PodSpec } }
}
interface PodSpec {
  readonly terminationGracePeriodSeconds: number
  readonly containers: ReadonlyArray<Container>
  readonly initContainers: ReadonlyArray<Container>
  readonly volumes: ReadonlyArray<{ readonly name: string }>
}
interface Container {
  readonly image: string
  readonly securityContext: object
  readonly ports: ReadonlyArray<{ readonly name: string; readonly containerPort: number }>
  readonly volumeMounts: ReadonlyArray<{ readonly name: string }>
}

describe("the Kubernetes manifests", () => {
  it("the kustomization names every manifest", () => {
    const named = [
      "kustomization.yaml",
      "secrets.example.yaml",
      ...kustomization.resources,
      ...kustomization.configMapGenerator.flatMap(({ files }) => files)
    ]
    assert.deepStrictEqual(named.toSorted(), readdirSync(pathOf("kubernetes")).toSorted())
  })

  it.each(objects)("$object.kind in $file is one by the API's schema", ({ object }) => {
    const Model = models.find(({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind)
    if (Model === undefined) throw new Error(`${object.apiVersion} ${object.kind} is not looked at`)
    new Model(object as never).validate()
  })

  it("the manifests have no field that the Kubernetes API does not know", { timeout: 60_000 }, () => {
    // The API's schemas let any field pass; the compiler, which reads the same API, does not.
    const folder = mkdtempSync(join(pathOf("node_modules"), ".fields-"))
    try {
      const sources = objects.map(
        ({ object: { apiVersion, kind }, object }, index) =>
          `import type { I${kind} as T${index} } from "kubernetes-models/${apiVersion}"\nexport const o${index}: T${index} = ${JSON.stringify(object)}\n`
      )
      const check = (name: string, text: string) => {
        writeFileSync(join(folder, name), text)
        const flags = [
          "--noEmit",
          "--ignoreConfig",
          "--strict",
          "--skipLibCheck",
          "--module",
          "nodenext",
          "--types",
          ""
        ]
        return spawnSync("tsc", [...flags, join(folder, name)], { encoding: "utf8" })
      }
      const { status, stdout } = check("objects.ts", sources.join(""))
      assert.strictEqual(status, 0, stdout)
      const misspelt = sources.join("").replace("readOnlyRootFilesystem", "readOnlyRootFileSystem")
      assert.include(check("misspelt.ts", misspelt).stdout, "readOnlyRootFileSystem", "the compiler looks")
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("the manifests give the pod's containers no unneeded right", () => {
    const { containers, initContainers, volumes } = deployment.spec.template.spec
    for (const { image, securityContext, volumeMounts } of [...containers, ...initContainers]) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] }
      })
      assert.match(image, /:\d+\.\d+\.\d+(?:-\w+)?$/, "a version, and not whatever is the latest")
      for (const { name } of volumeMounts) assert.include(JSON.stringify(volumes), `"name":"${name}"`)
    }
  })

  it("the manifests and the configuration agree on ports and on the time to stop", () => {
    const [proxy] = documentsOf("kubernetes/proxy.yaml") as [
      { listen: { port: number }; drain: { serve_seconds: number; finish_seconds: number } }
    ]
    const { containers, initContainers, terminationGracePeriodSeconds } = deployment.spec.template.spec
    assert.strictEqual(containers[0]?.ports[0]?.containerPort, proxy.listen.port)
    assert.include(textOf("kubernetes/nginx.conf"), `listen ${initContainers[0]?.ports[0]?.containerPort};`)
    assert.isAbove(terminationGracePeriodSeconds, proxy.drain.serve_seconds + proxy.drain.finish_seconds + 10 + 5)
  })
})
