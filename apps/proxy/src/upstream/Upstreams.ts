import { BackupClient, type ShowBackupError } from "@cbr/client"
import type { ListBackupsRequest } from "@cbr/domain"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ListAnswer, listCall } from "./ListAnswer.ts"

/** Where the backups of a project are, and the client that asks for them. */
export interface Upstream {
  /** Region of the project. */
  readonly region: string
  /**
   * Tells apart, beside the region, what is answered by different sources: the
   * credentials' names in the configuration, never the credentials themselves,
   * and the endpoint where it is not the region's own.
   */
  readonly credential_id: string
  readonly showBackup: BackupClient["Service"]["showBackup"]
  /** One page of the list, as it came and read. */
  readonly listBackups: (request: ListBackupsRequest) => Effect.Effect<ListAnswer, ShowBackupError>
}

/** Which upstream a project has. A caller never names one. */
export class Upstreams extends Context.Service<
  Upstreams,
  {
    /** `undefined` for a project that the proxy does not serve. For the request at hand: a minute later it may be gone. */
    readonly of: (project_id: string) => Upstream | undefined
  }
>()("@cbr/proxy/Upstreams") {
  /** The same client for every project. */
  static readonly layerSingle: Layer.Layer<Upstreams, never, BackupClient> = Layer.effect(
    Upstreams,
    Effect.map(BackupClient, (client) => {
      const { showBackup } = client
      const upstream: Upstream = {
        region: "default",
        credential_id: "default",
        showBackup,
        listBackups: listCall(client)
      }
      return Upstreams.of({ of: () => upstream })
    })
  )
}
