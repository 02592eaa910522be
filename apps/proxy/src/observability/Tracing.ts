import { omitUndefined } from "@cbr/domain"
import * as Effect from "effect/Effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Layer from "effect/Layer"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import type { ExchangeAnnotations } from "./ExchangeAnnotations.ts"

/** Sends spans to an OTLP collector, such as `http://127.0.0.1:4318/v1/traces`, every five seconds and at the end. */
export const otlpLayer = (url: string) =>
  OtlpTracer.layer({ url, resource: { serviceName: "cbr-proxy" } }).pipe(Layer.provide(OtlpSerialization.layerJson))

/** Whether a collector reads the spans; the tracer that Effect has by itself drops them. */
export const keepsSpans: Effect.Effect<boolean> = Effect.map(Effect.tracer, (tracer) => tracer !== Tracer.nativeTracer)

/** Without the framework's span, which would hold the raw target and so whatever a caller wrote in it. */
export const ownSpans = Layer.succeed(HttpMiddleware.TracerDisabledWhen, () => true)

/**
 * One span for a request, under the caller's if `traceparent` names one. It
 * has the route's template, never the target.
 */
export const traced = <A extends { readonly status: number }, E, R>(
  exchange: Effect.Effect<A, E, R>,
  record: ExchangeAnnotations
): Effect.Effect<A, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function* () {
    // Nor does anything below make one that is not read.
    if (!(yield* keepsSpans)) return yield* Effect.provideService(exchange, References.TracerEnabled, false)
    const { headers, method } = yield* HttpServerRequest.HttpServerRequest
    const parent = Option.getOrUndefined(HttpTraceContext.fromHeaders(headers))
    return yield* exchange.pipe(
      Effect.tap(({ status }) =>
        Effect.annotateCurrentSpan({
          "http.response.status_code": status,
          ...omitUndefined({ "http.route": record.route })
        })
      ),
      Effect.withSpan("cbr-proxy.exchange", {
        kind: "server",
        attributes: { "http.request.method": method },
        ...(parent === undefined ? { root: true } : { parent })
      })
    )
  })
