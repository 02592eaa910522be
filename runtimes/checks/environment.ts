import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type BackupClientOptions,
  createBackupClient,
  InvalidRequest,
  NoCredentials,
  type NodeBackupClient
} from "@cbr/client/promise/node"
import { type Check, type Cloud, equal, failureOf } from "./Check.ts"
import { checksOf } from "./promise.ts"

/** Variables that one of the checks sets. */
const variables = [
  "CBR_ENDPOINT",
  "CBR_IAM_ENDPOINT",
  "CBR_REGION",
  "CBR_TOKEN",
  "CBR_METADATA",
  "HUAWEICLOUD_SDK_AK",
  "HUAWEICLOUD_SDK_SK",
  "HUAWEICLOUD_SDK_PROJECT_ID",
  "OS_CLOUD",
  "OS_CLIENT_CONFIG_FILE"
] as const

type Variables = Partial<Record<(typeof variables)[number], string | undefined>>

/** A machine that is set up by these variables alone, and its home. */
const setUp = (given: Variables): string => {
  for (const variable of variables) delete process.env[variable]
  for (const [variable, value] of Object.entries({ CBR_METADATA: "off", ...given })) {
    if (value !== undefined) process.env[variable] = value
  }
  return (process.env["HOME"] = mkdtempSync(join(tmpdir(), "cbr-home-")))
}

/** The client of a machine whose variables say what a caller without them gives as options. */
const fromVariables = ({ ak, callTimeout, endpoint, projectId, retries, sk, token }: BackupClientOptions) => {
  setUp({
    CBR_ENDPOINT: endpoint,
    CBR_TOKEN: token,
    HUAWEICLOUD_SDK_AK: ak,
    HUAWEICLOUD_SDK_SK: sk,
    HUAWEICLOUD_SDK_PROJECT_ID: projectId
  })
  return createBackupClient.fromEnvironment({ callTimeout, retries })
}

const check = (
  name: string,
  clientOf: (cloud: Cloud) => NodeBackupClient,
  run: (client: NodeBackupClient, id: string) => Promise<void>
): Check => ({
  name,
  run: async (cloud) => {
    const client = clientOf(cloud)
    try {
      await run(client, cloud.backups["available"] ?? "")
    } finally {
      await client.close()
    }
  }
})

const isShown = async (client: NodeBackupClient, id: string) =>
  equal((await client.showBackup(id)).backup.status, "available")

/** Writes a file that its owner alone reads. */
const write = (folder: string, name: string, text: string): string => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

const byProfile = (named: boolean) => (cloud: Cloud) => {
  const { ak, endpoint, projectId: project_id, sk } = cloud
  const profiles = { work: { endpoint, project_id, ak, sk } }
  write(
    join(setUp({}), ".config/cbr"),
    "profiles.json",
    JSON.stringify({ ...(named ? {} : { default: "work" }), profiles })
  )
  return createBackupClient.fromEnvironment(named ? { profile: "work" } : undefined)
}

/** The checks of `@cbr/client/promise/node`, whose client reads the machine's settings. */
export const checks: ReadonlyArray<Check> = [
  ...checksOf(fromVariables),
  check("takes the default profile", byProfile(false), isShown),
  check("takes the profile that the caller names", byProfile(true), isShown),
  check(
    "takes the key of the SDKs' file",
    ({ ak, endpoint, projectId, sk }) => {
      const home = setUp({ CBR_ENDPOINT: endpoint, HUAWEICLOUD_SDK_PROJECT_ID: projectId })
      write(join(home, ".huaweicloud"), "credentials", `[basic]\nak = ${ak}\nsk = ${sk}\n`)
      return createBackupClient.fromEnvironment()
    },
    isShown
  ),
  check(
    "takes the cloud that OS_CLOUD names in clouds.yaml",
    ({ endpoint, projectId, token }) => {
      const home = setUp({ CBR_ENDPOINT: endpoint, HUAWEICLOUD_SDK_PROJECT_ID: projectId, OS_CLOUD: "mine" })
      process.env["OS_CLIENT_CONFIG_FILE"] = write(
        home,
        "clouds.yaml",
        `clouds:\n  mine:\n    auth_type: token\n    auth: { token: "${token}" }\n`
      )
      return createBackupClient.fromEnvironment()
    },
    isShown
  ),
  check(
    "finds the project of the region",
    ({ ak, endpoint, iamEndpoint, region, sk }) => {
      setUp({
        CBR_ENDPOINT: endpoint,
        CBR_IAM_ENDPOINT: iamEndpoint,
        CBR_REGION: region,
        HUAWEICLOUD_SDK_AK: ak,
        HUAWEICLOUD_SDK_SK: sk
      })
      return createBackupClient.fromEnvironment()
    },
    isShown
  ),
  check(
    "waits for an expression of JMESPath",
    ({ endpoint, projectId, token }) => fromVariables({ endpoint, projectId, token }),
    async (client, id) => {
      equal((await client.waitUntil(id, "query=backup.status=='available'")).backup.status, "available")
      equal((await failureOf(client.waitUntil(id, "query=backup."))) instanceof InvalidRequest, true)
    }
  ),
  check(
    "rejects with NoCredentials where the machine has none",
    ({ endpoint, projectId }) => fromVariables({ endpoint, projectId } as BackupClientOptions),
    async (client, id) => equal((await failureOf(client.showBackup(id))) instanceof NoCredentials, true)
  )
]
