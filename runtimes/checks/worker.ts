import type { Cloud } from "./Check.ts"
import { run } from "./web.ts"

/** A worker that runs the checks with the cloud that the request's body names. */
export default {
  fetch: async (request: Request): Promise<Response> => Response.json(await run((await request.json()) as Cloud))
}
