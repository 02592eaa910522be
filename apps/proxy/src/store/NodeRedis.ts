// Loaded by the replicas alone: the library takes as much memory as a quarter of the proxy.
export { createClient, createCluster } from "redis"
