import * as Context from "effect/Context"

/** The addresses of the services: origins without a trailing slash, such as `http://127.0.0.1:43111`. */
export class Endpoints extends Context.Service<
  Endpoints,
  { readonly cbr: string; readonly iam: string; readonly metadata: string }
>()("@cbr/simulator/Endpoints") {}
