import { BackupId } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { Account } from "./Account.ts"
import { Authentication } from "./Authentication.ts"
import { Backups } from "./Backups.ts"
import * as Refusals from "./Refusal.ts"

const isBackupId = Schema.is(BackupId)

/**
 * CBR's one route, `GET /v3/{project_id}/backups/{backup_id}`. First the
 * gateway's questions (who calls, for which project), then the service's
 * (is it yours, is it an id, does it exist).
 */
export const CbrHandlers = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const account = yield* Account
    const authentication = yield* Authentication
    const backups = yield* Backups

    yield* router.add(
      "GET",
      "/v3/:project_id/backups/:backup_id",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const caller = yield* authentication.authenticate(request)
        const { project_id = "", backup_id = "" } = yield* HttpRouter.params
        const declared = request.headers["x-project-id"]
        if (declared !== undefined && declared !== project_id) return yield* Refusals.projectMismatch
        if (!account.projects.some(({ id }) => id === project_id) || (caller.project_id ?? project_id) !== project_id) {
          return yield* Refusals.projectForbidden
        }
        if (!isBackupId(backup_id)) return yield* Refusals.backupIdMalformed
        const fixture = yield* backups.find(project_id, backup_id)
        if (fixture === undefined) return yield* Refusals.backupNotFound(backup_id)
        const headers = { "content-type": "application/json", ...lowerCaseNames(fixture.headers ?? {}) }
        return HttpServerResponse.text(fixture.body, { status: fixture.status ?? 200, headers })
      })
    )
  })
)

const lowerCaseNames = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
