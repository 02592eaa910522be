import { dashboard, figure, graph, row } from "./Panels.ts"

const each = "$__rate_interval"

/** The gateway's own metrics, as each replica gives them at `/metrics`. */
export const gateway = dashboard("cbr-proxy", "cbr-proxy")
  .withPanel(
    figure({
      title: "Replicas",
      description: "Replicas that Prometheus reaches.",
      unit: "none",
      queries: [{ expr: 'count(up{job="cbr-proxy"} == 1)' }]
    })
  )
  .withPanel(
    figure({
      title: "Requests",
      description: "Answers in a second, of all replicas.",
      unit: "reqps",
      queries: [{ expr: "cbr_proxy:requests:rate5m" }]
    })
  )
  .withPanel(
    figure({
      title: "Errors",
      description: "Share of the answers that are 5xx. Above 5 % the alert CbrProxyErrors fires.",
      unit: "percentunit",
      queries: [{ expr: "cbr_proxy:request_errors:ratio_rate5m" }]
    })
  )
  .withPanel(
    figure({
      title: "From the cache",
      description: "Share of the requests for a backup that needed no call to the cloud.",
      unit: "percentunit",
      queries: [{ expr: "cbr_proxy:cache_hits:ratio_rate5m" }]
    })
  )
  .withPanel(
    figure({
      title: "Streams",
      description: "Streams of events that are open.",
      unit: "none",
      queries: [{ expr: "sum(cbr_proxy_live_streams)" }]
    })
  )
  .withPanel(
    figure({
      title: "Certificate ends",
      description: "The earliest end of a certificate that a replica shows.",
      unit: "s",
      queries: [{ expr: "min(cbr_proxy_certificate_end_seconds) - time()" }]
    })
  )
  .withRow(row("Callers"))
  .withPanel(
    graph({
      title: "Answers by status",
      description: "429 is a quota that is used up, 401 and 403 a credential or a right that is wanting.",
      unit: "reqps",
      queries: [{ expr: `sum by (status) (rate(cbr_proxy_requests_total[${each}]))`, legend: "{{status}}" }]
    })
  )
  .withPanel(
    graph({
      title: "Time to answer",
      description: "From a request's head to its answer, by route: half of them, and all but one in a hundred.",
      unit: "s",
      queries: [
        {
          expr: `histogram_quantile(0.5, sum by (route, le) (rate(cbr_proxy_request_seconds_bucket[${each}])))`,
          legend: "{{route}} p50"
        },
        {
          expr: `histogram_quantile(0.99, sum by (route, le) (rate(cbr_proxy_request_seconds_bucket[${each}])))`,
          legend: "{{route}} p99"
        }
      ]
    })
  )
  .withPanel(
    graph({
      title: "Refused",
      description:
        "Quotas that are used up, by whose they are, and denials, by reason. The log's audit lines name the caller.",
      unit: "reqps",
      queries: [
        { expr: `sum by (quota) (rate(cbr_proxy_quota_refusals_total[${each}]))`, legend: "quota of {{quota}}" },
        { expr: `sum by (reason) (rate(cbr_proxy_denials_total[${each}]))`, legend: "denied: {{reason}}" }
      ]
    })
  )
  .withPanel(
    graph({
      title: "Watchers",
      description:
        "Streams that are open, and the pollers behind them: one for a backup or a project, however many watch.",
      unit: "none",
      queries: [
        { expr: "sum(cbr_proxy_live_streams)", legend: "streams" },
        { expr: "sum(cbr_proxy_live_pollers)", legend: "pollers of backups" },
        { expr: "sum(cbr_proxy_live_project_pollers)", legend: "pollers of projects" }
      ]
    })
  )
  .withRow(row("Cloud"))
  .withPanel(
    graph({
      title: "Calls by outcome",
      description:
        "Calls to the cloud with all their attempts. Ok is one of many outcomes: see the alert CbrProxyCloudIll.",
      unit: "reqps",
      queries: [
        {
          expr: `sum by (region, outcome) (rate(cbr_proxy_upstream_seconds_count[${each}]))`,
          legend: "{{region}} {{outcome}}"
        }
      ]
    })
  )
  .withPanel(
    graph({
      title: "Time of a call",
      description: "A call to the cloud with all its attempts: all but one in a hundred.",
      unit: "s",
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (region, le) (rate(cbr_proxy_upstream_seconds_bucket[${each}])))`,
          legend: "{{region}} p99"
        }
      ]
    })
  )
  .withPanel(
    graph({
      title: "Cache",
      description: "Requests for a backup, by how the cache handled them.",
      unit: "reqps",
      queries: [{ expr: `sum by (result) (rate(cbr_proxy_cache_results_total[${each}]))`, legend: "{{result}}" }]
    })
  )
  .withPanel(
    graph({
      title: "Waiting for the cloud",
      description:
        "Calls that could not start at once. What is shed was answered 503: the region's limit is too low, or the cloud slow.",
      unit: "reqps",
      queries: [{ expr: `sum by (outcome) (rate(cbr_proxy_queued_calls_total[${each}]))`, legend: "{{outcome}}" }]
    })
  )
  .withRow(row("Process"))
  .withPanel(
    graph({
      title: "Late by",
      description: "By how much the event loop comes late. Above 0.1 s the replica needs another beside it.",
      unit: "s",
      queries: [{ expr: "max by (instance) (cbr_proxy_event_loop_delay_seconds)", legend: "{{instance}}" }]
    })
  )
  .withPanel(
    graph({
      title: "Kept",
      description: "Bytes of answers in the cache.",
      unit: "bytes",
      queries: [{ expr: "sum by (instance) (cbr_proxy_cache_bytes)", legend: "{{instance}}" }]
    })
  )
