import { dashboard, figure, graph, list, row } from "./Panels.ts"

/** Servers and disks, as `cbr check --all -o openmetrics` tells of them to a collector. */
export const fleet = dashboard("CBR backups", "cbr-fleet")
  .withPanel(
    figure({
      title: "No good backup",
      description: "Servers and disks whose newest whole backup is too old, not well or not there.",
      unit: "none",
      queries: [{ expr: 'sum(cbr_resources{verdict="critical"})' }]
    })
  )
  .withPanel(
    figure({
      title: "Not known",
      description: "What the service said of their backups does not tell whether they are well.",
      unit: "none",
      queries: [{ expr: 'sum(cbr_resources{verdict="unknown"})' }]
    })
  )
  .withPanel(
    figure({
      title: "Warning",
      description: "Their newest whole backup is well, and something beside it is not: a copy failed, for example.",
      unit: "none",
      queries: [{ expr: 'sum(cbr_resources{verdict="warning"})' }]
    })
  )
  .withPanel(
    figure({
      title: "Good",
      description: "Servers and disks that keep every rule of the check.",
      unit: "none",
      queries: [{ expr: 'sum(cbr_resources{verdict="ok"})' }]
    })
  )
  .withPanel(
    figure({
      title: "Left out",
      description: "Servers and disks that the check ignores, or that are gone.",
      unit: "none",
      queries: [{ expr: 'sum(cbr_resources{verdict=~"ignored|gone"})' }]
    })
  )
  .withPanel(
    figure({
      title: "Oldest",
      description: "The greatest age of a newest whole backup.",
      unit: "s",
      queries: [{ expr: "cbr:resource_age_seconds:max" }]
    })
  )
  .withRow(row("Which"))
  .withPanel(
    list({
      title: "Not good now",
      description: "Each server and disk that is not good, with its verdict. `cbr check --resource NAME` tells why.",
      unit: "none",
      queries: [
        {
          expr: 'max by (resource_name, resource_id, vault_id, verdict) (cbr_resource_verdict{verdict!="ok"} == 1)'
        }
      ]
    })
  )
  .withPanel(
    list({
      title: "The oldest twenty",
      description: "Age of the newest whole backup, the oldest first.",
      unit: "s",
      queries: [{ expr: "topk(20, max by (resource_name, resource_id, vault_id) (cbr_resource_age_seconds))" }]
    })
  )
  .withRow(row("Over time"))
  .withPanel(
    graph({
      title: "By verdict",
      description: "Servers and disks by their verdict, at each run of the check.",
      unit: "none",
      queries: [{ expr: "sum by (verdict) (cbr_resources)", legend: "{{verdict}}" }]
    })
  )
  .withPanel(
    graph({
      title: "Age",
      description: "Age of the newest whole backup: the greatest, and the one that half of the fleet is below.",
      unit: "s",
      queries: [
        { expr: "cbr:resource_age_seconds:max", legend: "oldest" },
        { expr: "quantile(0.5, cbr_resource_age_seconds)", legend: "half of them" }
      ]
    })
  )
