import { BackupId, listBackupsParameters, readListBackupsQuery, type ShowBackupResponse } from "@cbr/domain"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Account } from "./Account.ts"
import { Authentication } from "./Authentication.ts"
import { backupList, type ListBehaviour } from "./BackupList.ts"
import { Backups } from "./Backups.ts"
import * as ServiceErrors from "./ServiceError.ts"

const isBackupId = Schema.is(BackupId)

/** Deviations of the list; none unless given. */
export const ListOptions = Context.Reference<ListBehaviour>("@cbr/simulator/ListOptions", { defaultValue: () => ({}) })

/**
 * CBR's two routes, `GET /v3/{project_id}/backups` and one backup below it.
 * First the gateway's questions (which caller, for which project), then the
 * service's (is the project the caller's, is the request well-formed, does the
 * backup exist).
 */
export const CbrHandlers = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const account = yield* Account
    const authentication = yield* Authentication
    const backups = yield* Backups

    const behaviour = yield* ListOptions
    let made = 0

    /** The project of the path, which the caller must be of. */
    const projectOf = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
      const caller = yield* authentication.authenticate(request)
      const { project_id = "" } = yield* HttpRouter.params
      const declared = request.headers["x-project-id"]
      if (declared !== undefined && declared !== project_id) return yield* ServiceErrors.projectMismatch
      if (!account.projects.some(({ id }) => id === project_id) || (caller.project_id ?? project_id) !== project_id) {
        return yield* ServiceErrors.projectForbidden
      }
      return project_id
    })

    yield* router.add(
      "GET",
      "/v3/:project_id/backups/:backup_id",
      Effect.gen(function* () {
        const project_id = yield* projectOf(yield* HttpServerRequest.HttpServerRequest)
        const { backup_id = "" } = yield* HttpRouter.params
        if (!isBackupId(backup_id)) return yield* ServiceErrors.backupIdMalformed
        const fixture = yield* backups.find(project_id, backup_id)
        if (fixture === undefined) return yield* ServiceErrors.backupNotFound(backup_id)
        const headers = { "content-type": "application/json", ...lowerCaseNames(fixture.headers ?? {}) }
        return HttpServerResponse.text(fixture.body, { status: fixture.status ?? 200, headers })
      })
    )

    yield* router.add(
      "GET",
      "/v3/:project_id/backups",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const project_id = yield* projectOf(request)
        const query = new URL(request.url, "http://cbr").searchParams
        const asked = readListBackupsQuery(
          project_id,
          Array.from(query).filter(([name]) => isListParameter(name))
        )
        const isRefused = behaviour.refusesCopies === true && query.has("show_replication")
        if (isRefused || Result.isFailure(asked)) return yield* ServiceErrors.listParameterMalformed
        const fixtures = (yield* backups.all(project_id)).filter(({ status = 200 }) => status === 200)
        const { body, newest } = backupList(
          fixtures.map((fixture) => fixture.body),
          asked.success,
          behaviour
        )
        if (newest?.backup.id !== undefined) yield* change(project_id, newest, newest.backup.id)
        return HttpServerResponse.text(body, { contentType: "application/json" })
      })
    )

    /** Makes the change that follows a page. */
    const change = (project_id: string, newest: ShowBackupResponse, id: string) => {
      if (behaviour.changes === "deleted") return backups.remove(id)
      if (behaviour.changes !== "made") return Effect.void
      return Effect.flatMap(Clock.currentTimeMillis, (now) => {
        made++
        const backup_id = `0adeadde-0000-4000-8000-${made.toString(16).padStart(12, "0")}`
        const { backup } = JSON.parse(newest.raw) as { readonly backup: object }
        const created_at = new Date(
          Math.max(now, newest.backup.created_at?.epochMilliseconds ?? 0) + made
        ).toISOString()
        return backups.put({
          backup_id,
          project_id,
          body: JSON.stringify({ backup: { ...backup, id: backup_id, created_at } })
        })
      })
    }
  })
)

const isListParameter = (name: string): boolean => listBackupsParameters.includes(name)

const lowerCaseNames = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
