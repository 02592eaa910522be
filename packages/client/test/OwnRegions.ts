import { ConfigProvider, Layer } from "effect"
import { type MemoryFile, memoryFiles } from "./MemoryFiles.ts"

/** Where the official SDKs keep a user's own regions. */
export const usual = "/home/u/.huaweicloud/regions.yaml"

/** A machine with these variables and files alone. */
export const world = (variables: Record<string, string>, files: Record<string, MemoryFile> = {}) =>
  Layer.merge(memoryFiles(files).layer, ConfigProvider.layer(ConfigProvider.fromUnknown(variables)))

/** Regions of a user's own, in the SDKs' form. */
export const yaml = `# own regions
CBR:
  - id: cn-north-9
    endpoint: https://cbr.own.example
  - id: my-own-1
    endpoints:
      - https://cbr.first.example
      - https://cbr.second.example
iam:
  - id: my-own-1
    endpoint: 'https://iam.own.example'
`
