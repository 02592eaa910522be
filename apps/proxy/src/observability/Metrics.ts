import * as Metric from "effect/Metric"
import { counter, counters, gauge } from "./Counters.ts"
import { denialReasons } from "./ExchangeAnnotations.ts"

// No label holds an id of a project, a backup or a caller: their number has no bound.

const seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

// These are made with their labels, and once for each: labels that are put on a metric are put on at every update.

/** Answers, by `route`, `status`, `cache` and `class` of the caller. */
export const requests = (attributes: Readonly<Record<"route" | "status" | "cache" | "class", string>>) =>
  Metric.counter("cbr_proxy_requests_total", { description: "Requests answered", incremental: true, attributes })

/** From a request's head to its answer, by `route`. */
export const requestSeconds = (attributes: Readonly<Record<"route", string>>) =>
  Metric.histogram("cbr_proxy_request_seconds", {
    description: "Seconds from a request's head to its answer",
    boundaries: seconds,
    attributes
  })

/** Calls to the cloud with all their attempts, by `region` and `outcome`. */
export const upstreamSeconds = (attributes: Readonly<Record<"region" | "outcome", string>>) =>
  Metric.histogram("cbr_proxy_upstream_seconds", {
    description: "Seconds that a call to the cloud took, with all its attempts",
    boundaries: seconds,
    attributes
  })

/** Denials, by `reason`. */
export const denials = counters(
  "cbr_proxy_denials_total",
  "Requests denied for want of a credential or a right",
  "reason",
  denialReasons
)

/** 1 while a changed configuration is refused and the old one serves. */
export const configurationRejected = gauge(
  "cbr_proxy_configuration_rejected",
  "1 while the proxy cannot use the configuration file and an older configuration serves"
)

/** Configurations put in force, the first included. */
export const configurationLoads = counter("cbr_proxy_configuration_loads_total", "Configurations put in force")

/** The end of the server's certificate, in seconds since 1970; absent without TLS. */
export const certificateEnd = Metric.gauge("cbr_proxy_certificate_end_seconds", {
  description: "When the certificate in force ends, in seconds since 1970"
})

/** 1 for a credential, by its name, that the cloud refused. */
export const credentialRefused = Metric.gauge("cbr_proxy_upstream_credential_refused", {
  description: "1 while the proxy does not use a credential because the cloud refused it"
})

/** 1 while only what was begun is finished. */
export const draining = gauge("cbr_proxy_draining", "1 while the proxy is stopping")

/** Requests whose answers were cut off, by `reason`: `drain` or `unread`. */
export const cutRequests = counters(
  "cbr_proxy_cut_requests_total",
  "Requests whose answers were cut off: a drain had lasted as long as it may, or too much was unread",
  "reason",
  ["drain", "unread"]
)

/** Bytes of answers that the system has not taken from the proxy yet. */
export const unsentBytes = gauge("cbr_proxy_unsent_bytes", "Bytes of answers that peers have not read")
