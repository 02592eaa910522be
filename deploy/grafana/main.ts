import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { dashboards, fileOf } from "./dashboards.ts"

// Writes each dashboard in the form that Grafana imports.
for (const [name, dashboard] of Object.entries(dashboards)) {
  writeFileSync(join(import.meta.dirname, `${name}.json`), fileOf(dashboard))
}
