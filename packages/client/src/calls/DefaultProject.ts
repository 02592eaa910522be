import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BackupClientService } from "./BackupClientService.ts"
import { ProjectDiscovery } from "./ProjectDiscovery.ts"

/** The client, which finds the project of a request that names none, by `ProjectDiscovery`. */
export const layer: typeof BackupClientService.layer = Layer.effect(
  BackupClientService,
  Effect.gen(function* () {
    const calls = yield* BackupClientService.make
    const { projectId } = yield* ProjectDiscovery.make
    const inProject = <Request extends { readonly project_id: string }>(request: Request) =>
      request.project_id === ""
        ? Effect.map(projectId, (project_id) => ({ ...request, project_id }))
        : Effect.succeed(request)
    return BackupClientService.of({
      ...calls,
      showBackup: (request) => Effect.flatMap(inProject(request), calls.showBackup),
      listBackupsPage: (request) => Effect.flatMap(inProject(request), calls.listBackupsPage),
      listBackupsBody: (request) => Effect.flatMap(inProject(request), calls.listBackupsBody)
    })
  })
)
