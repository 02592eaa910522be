/**
 * The parts of the client that need Node: transports with a proxy and with certificate authorities of the user's own,
 * the reader of `clouds.yaml`, and the cryptography of signatures.
 */
export { layerCloudsYaml } from "./profiles/YamlReader.node.ts"
export { hashes } from "./signing/Hashes.node.ts"
export { layerCrypto } from "./signing/NodeCrypto.node.ts"
export { layerNodeHttp } from "./transport/NodeHttpTransport.node.ts"
export { proxyOf } from "./transport/ProxyRoute.node.ts"
export {
  check as checkTransport,
  type CheckedSettings,
  fromEnvironment as transportFromEnvironment,
  type TransportSettings
} from "./transport/TransportSettings.node.ts"
export { type OpenedTunnel, tunnelChannel } from "./transport/TunnelAgent.node.ts"
export { layerUndici, layerUndiciNoDispatcher, type UndiciSettings } from "./transport/UndiciTransport.node.ts"
