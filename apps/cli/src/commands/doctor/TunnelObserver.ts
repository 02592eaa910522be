import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { type OpenedTunnel, tunnelChannel } from "@cbr/client/node"
import * as Effect from "effect/Effect"

/** The tunnels that the client's own connections open from now on, until the scope closes. */
export const observeTunnels = Effect.acquireRelease(
  Effect.sync(() => {
    const tunnels: Array<OpenedTunnel> = []
    const heard = (tunnel: unknown) => void tunnels.push(tunnel as OpenedTunnel)
    subscribe(tunnelChannel, heard)
    return { tunnels, heard }
  }),
  ({ heard }) => Effect.sync(() => unsubscribe(tunnelChannel, heard))
)
