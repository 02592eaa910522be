import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { health } from "./admin/Health.ts"
import { presentedKey } from "./callers/PresentedKey.ts"
import { ProxyKey } from "./callers/ProxyKey.ts"
import { problemPath } from "./edge/Problem.ts"
import { problemPage } from "./edge/ProblemPage.ts"
import { Refusal } from "./edge/Refusal.ts"
import { requestHead } from "./edge/RequestHead.ts"
import { readable } from "./edge/Resource.ts"
import { relay } from "./upstream/relay.ts"

/** What the proxy serves: the service's one path, behind the key, and its own pages, open to all. */
export const Routes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const key = yield* ProxyKey

    yield* readable(
      router,
      "/v3/:project_id/backups/:backup_id",
      Effect.gen(function* () {
        const head = yield* requestHead
        yield* key.accept(yield* presentedKey(head))
        if (head.target.includes("?")) return yield* unknownParameter
        const { backup_id = "", project_id = "" } = yield* HttpRouter.params
        return yield* relay({ project_id, backup_id })
      })
    )
    yield* readable(router, "/-/healthz", health)
    yield* readable(
      router,
      problemPath(":slug"),
      Effect.gen(function* () {
        const { slug = "" } = yield* HttpRouter.params
        const page = problemPage(slug)
        return page === undefined
          ? yield* noSuchProblem
          : HttpServerResponse.text(page, { contentType: "text/plain; charset=utf-8" })
      })
    )
  })
)

const unknownParameter = new Refusal({ reason: "BadRequest", message: "the call takes no query parameter" })
const noSuchProblem = new Refusal({ reason: "NoSuchResource", message: "no problem has this name" })
