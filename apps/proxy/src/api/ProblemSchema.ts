import { ErrorTable } from "@cbr/client"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { passedStatuses } from "../problems/Problem.ts"
import { type ProblemKind, proxyErrors } from "../problems/ProxyError.ts"

/** The body of a problem. */
export const ProblemBody = Schema.Struct({
  type: Schema.String.annotate({ description: "Path of the page that explains this kind of problem" }),
  title: Schema.String.annotate({ description: "The kind, in a few words" }),
  status: Schema.Int,
  detail: Schema.String.annotate({ description: "What happened this time" }),
  instance: Schema.String.annotate({ description: "The proxy's id of the exchange, as urn:uuid:…" }),
  retryable: Schema.Boolean.annotate({ description: "Whether the same request may succeed later" }),
  error_code: Schema.String.annotate({ description: "The service's code, or CbrProxy. and the name of the kind" }),
  error_msg: Schema.String.annotate({ description: "The service's words, or the proxy's" }),
  request_id: Schema.String.annotate({ description: "The service's id of the call, else the proxy's" }),
  failure: Schema.optionalKey(
    Schema.StructWithRest(Schema.Struct({ code: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
  ).annotate({ description: "A code and its facts for the failure of a call, where the words are the proxy's" })
}).annotate({ identifier: "Problem" })

const kinds: ReadonlyArray<ProblemKind> = [
  ...Object.values(ErrorTable).filter((kind) => kind !== ErrorTable.RequestRefused),
  ...passedStatuses.map((httpStatus) => ({ ...ErrorTable.RequestRefused, httpStatus })),
  ...Object.values(proxyErrors)
]

/** The problems of any call, one for each status. */
export const problems = [...new Set(kinds.map(({ httpStatus }) => httpStatus))]
  .sort((a, b) => a - b)
  .map((status) =>
    ProblemBody.pipe(
      HttpApiSchema.status(status),
      HttpApiSchema.asJson({ contentType: "application/problem+json" })
    ).annotate({
      description: kinds
        .filter(({ httpStatus }) => httpStatus === status)
        .map(({ title }) => title.en)
        .join("; ")
    })
  )
