/**
 * What the client has for Node alone: transports that know a proxy and
 * certificate authorities of one's own.
 */
export { layerNodeHttp } from "./transport/NodeHttpTransport.node.ts"
export type { TransportSettings } from "./transport/TransportSettings.node.ts"
export { layerUndici } from "./transport/UndiciTransport.node.ts"
