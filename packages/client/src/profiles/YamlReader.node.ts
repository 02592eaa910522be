import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { YamlReader } from "./CloudsFile.ts"

/**
 * Lets the credentials' chain and `MachineEndpoint` read the `clouds.yaml` that
 * `OS_CLOUD` names. YAML's reader is loaded only for that.
 *
 * @example
 * ```ts
 * BackupClient.layer.pipe(Layer.provide(CredentialChain.layer()), Layer.provide(MachineEndpoint.layer), Layer.provide(layerCloudsYaml))
 * ```
 * @category Profiles
 * @since 0.2.0
 */
export const layerCloudsYaml: Layer.Layer<never> = Layer.succeed(YamlReader, (text) =>
  // Merge keys (`<<`) are YAML 1.1's, which PyYAML reads.
  Effect.tryPromise(async () => (await import("yaml")).parse(text, { merge: true }) as unknown)
)
