import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard"
import { fleet } from "./fleet.ts"
import { gateway } from "./gateway.ts"

/** The dashboards by the names of their files. */
export const dashboards: Readonly<Record<string, DashboardBuilder>> = { fleet, gateway }

/** A dashboard as it stands in its file. */
export const fileOf = (dashboard: DashboardBuilder): string => `${JSON.stringify(dashboard.build(), null, 2)}\n`
