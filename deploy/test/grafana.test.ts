import { assert, describe, it } from "vitest"
import { dashboards, fileOf } from "../grafana/dashboards.ts"
import { textOf } from "./manifests.ts"
import { unknownIn } from "./Metrics.ts"

interface Panel {
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: ReadonlyArray<{ readonly expr: string; readonly datasource: { readonly uid: string } }>
}

interface Dashboard {
  readonly uid: string
  readonly panels: ReadonlyArray<Panel>
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly type: string }> }
}

describe.each(Object.keys(dashboards))("the dashboard %s", (name) => {
  const text = textOf(`grafana/${name}.json`)
  const { panels, templating, uid } = JSON.parse(text) as Dashboard
  const shown = panels.filter(({ type }) => type !== "row")

  it("is the one that its source makes, by the builders of Grafana's own schema", () => {
    assert.strictEqual(text, fileOf(dashboards[name]!), "write it anew: pnpm --filter @cbr/deploy dashboards")
  })

  it("asks for what is measured or recorded, from the data source that its reader chooses", () => {
    const variables = templating.list.filter(({ type }) => type === "datasource").map((variable) => `$${variable.name}`)
    for (const { targets = [], title } of shown) {
      assert.isNotEmpty(targets, title)
      for (const { datasource, expr } of targets) {
        assert.include(variables, datasource.uid)
        assert.deepStrictEqual(unknownIn(expr), [], title)
      }
    }
  })

  it("says of each panel what it tells, and lays no panel over another", () => {
    assert.match(uid, /^[\w-]{1,40}$/)
    const taken = new Set<string>()
    for (const { description, gridPos, title } of shown) {
      assert.isNotEmpty(description, title)
      const { h, w, x, y } = gridPos!
      assert.isAtMost(x + w, 24)
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          assert.isFalse(taken.has(`${column}/${line}`), title)
          taken.add(`${column}/${line}`)
        }
      }
    }
  })
})
