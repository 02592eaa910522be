// Microseconds that each reader takes for a body, in interleaved rounds: one line of JSON.
import { readFileSync } from "node:fs"
import { ShowBackupResponse } from "@cbr/domain"
import * as Result from "effect/Result"
import * as z from "zod"

const [, , file = "", rounds = "15"] = process.argv
const text = readFileSync(file, "utf8")

const time = z.iso.datetime({ local: true, offset: true })
const imageData = z.object({ image_id: z.string().optional() })
const extendInfo = z.object({
  auto_trigger: z.boolean().optional(),
  bootable: z.boolean().optional(),
  snapshot_id: z.string().optional(),
  support_lld: z.boolean().optional(),
  supported_restore_mode: z.string().optional(),
  os_images_data: z.array(imageData).optional(),
  contain_system_disk: z.boolean().optional(),
  encrypted: z.boolean().optional(),
  system_disk: z.boolean().optional(),
  is_multi_az: z.boolean().optional()
})
const replicationRecord = z.object({
  created_at: time.optional(),
  destination_backup_id: z.string().optional(),
  destination_checkpoint_id: z.string().optional(),
  destination_project_id: z.string().optional(),
  destination_region: z.string().optional(),
  destination_vault_id: z.string().optional(),
  extra_info: z.object({}).loose().optional(),
  id: z.string().optional(),
  source_backup_id: z.string().optional(),
  source_checkpoint_id: z.string().optional(),
  source_project_id: z.string().optional(),
  source_region: z.string().optional(),
  status: z.string().optional(),
  vault_id: z.string().optional()
})
const backup = z.object({
  checkpoint_id: z.string().optional(),
  created_at: time.optional(),
  description: z.string().optional(),
  expired_at: time.optional(),
  extend_info: extendInfo.optional(),
  id: z.string().optional(),
  image_type: z.string().optional(),
  name: z.string().optional(),
  parent_id: z.string().optional(),
  project_id: z.string().optional(),
  protected_at: time.optional(),
  resource_az: z.string().optional(),
  resource_id: z.string().optional(),
  resource_name: z.string().optional(),
  resource_size: z.int().optional(),
  resource_type: z.string().optional(),
  status: z.string().optional(),
  updated_at: time.optional(),
  vault_id: z.string().optional(),
  replication_records: z.array(replicationRecord).optional(),
  enterprise_project_id: z.union([z.string(), z.int()]).optional(),
  provider_id: z.string().optional(),
  incremental: z.boolean().optional(),
  get children() {
    return z.array(backup).optional()
  }
})
const body = z.object({ backup })

const readers: Readonly<Record<string, () => unknown>> = {
  project: () => Result.getOrThrow(ShowBackupResponse.read(text)).backup.status,
  "JSON.parse": () => JSON.parse(text),
  "JSON.parse + zod": () => body.parse(JSON.parse(text))
}

const times = 4_000
/** Rounds that are not counted: 40,000 reads each, as many as the servers answer before theirs count. */
const warming = 10
const figures: Record<string, Array<number>> = {}
for (let round = -warming; round < Number(rounds); round++) {
  for (const [name, read] of Object.entries(readers)) {
    const start = process.cpuUsage()
    for (let index = 0; index < times; index++) read()
    const { system, user } = process.cpuUsage(start)
    if (round >= 0) (figures[name] ??= []).push((user + system) / times)
  }
}
console.log(JSON.stringify(figures))
