import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  RowBuilder
} from "@grafana/grafana-foundation-sdk/dashboard"
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus"
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat"
import { PanelBuilder as Table } from "@grafana/grafana-foundation-sdk/table"
import { PanelBuilder as Graph } from "@grafana/grafana-foundation-sdk/timeseries"

/** What a panel asks Prometheus for, and how it names the answer. */
export interface Query {
  readonly expr: string
  readonly legend?: string
}

/** One panel, of whatever kind. */
export interface PanelOptions {
  readonly title: string
  /** What it tells, and what to do about it. */
  readonly description: string
  /** Grafana's name of the unit, such as `s` or `reqps`. */
  readonly unit: string
  readonly queries: ReadonlyArray<Query>
  /** Of 24 columns; 12 unless given. */
  readonly width?: number
}

/** The data source that a reader chooses above the panels. */
const source = { type: "prometheus", uid: "$source" }

/** A dashboard without panels, whose reader chooses the data source. */
export const dashboard = (title: string, uid: string): DashboardBuilder =>
  new DashboardBuilder(title)
    .uid(uid)
    .tags(["cbr"])
    .refresh("1m")
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("source").label("Prometheus").type("prometheus"))

/** What stands below is of one subject. */
export const row = (title: string): RowBuilder => new RowBuilder(title)

const queriesOf = (queries: ReadonlyArray<Query>, instant: boolean) =>
  queries.map(({ expr, legend = "" }, index) => {
    const query = new DataqueryBuilder()
      .datasource(source)
      .refId(String.fromCharCode(65 + index))
      .expr(expr)
      .legendFormat(legend)
    return instant ? query.instant() : query.range()
  })

/** Values over time. */
export const graph = ({ description, queries, title, unit, width = 12 }: PanelOptions): Graph =>
  new Graph()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .min(0)
    .fillOpacity(10)
    .span(width)
    .height(8)
    .targets(queriesOf(queries, false))

/** A row for each answer, now. */
export const list = ({ description, queries, title, unit, width = 12 }: PanelOptions): Table =>
  new Table()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .span(width)
    .height(10)
    .targets(queriesOf(queries, true).map((query) => query.format(PromQueryFormat.Table)))
    // The name of the series and the moment say nothing here.
    .withTransformation({ id: "organize", options: { excludeByName: { Time: true, __name__: true } } })

/** One number, now. */
export const figure = ({ description, queries, title, unit, width = 4 }: PanelOptions): Stat =>
  new Stat()
    .title(title)
    .description(description)
    .datasource(source)
    .unit(unit)
    .span(width)
    .height(4)
    .targets(queriesOf(queries, true))
