import { assert, describe, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { countsOf, merged } from "../../src/workers/MergedMetrics.ts"

const of = (worker: string, ...lines: ReadonlyArray<string>) => ({ worker, text: `${lines.join("\n")}\n` })

describe("the metrics of several processes", () => {
  it("add up counters and histograms, series by series", () => {
    const head = ["# HELP a_total Things", "# TYPE a_total counter"]
    const histogram = "# TYPE h histogram"
    const text = merged([
      of(
        "1",
        ...head,
        'a_total{k="x"} 1',
        "a_total 2",
        histogram,
        'h_bucket{le="1"} 1',
        'h_bucket{le="+Inf"} 3',
        "h_sum 0.5"
      ),
      of(
        "2",
        ...head,
        'a_total{k="x"} 10',
        'a_total{k="y"} 5',
        histogram,
        'h_bucket{le="1"} 4',
        'h_bucket{le="+Inf"} 4',
        "h_sum 2"
      )
    ])
    assert.strictEqual(
      text,
      [
        ...head,
        'a_total{k="x"} 11',
        "a_total 2",
        'a_total{k="y"} 5',
        histogram,
        'h_bucket{le="1"} 5',
        'h_bucket{le="+Inf"} 7',
        "h_sum 2.5",
        ""
      ].join("\n")
    )
  })

  it("show a gauge by worker, and that of a process without a name as it is", () => {
    const text = merged([
      { text: "# TYPE g gauge\ng 7\n" },
      of("1", "# TYPE g gauge", 'g{region="r"} 1'),
      of("2", "# TYPE g gauge", "g +Inf")
    ])
    assert.strictEqual(text, '# TYPE g gauge\ng 7\ng{region="r",worker="1"} 1\ng{worker="2"} +Inf\n')
  })

  it("keep the counts of one that has ended, and nothing else of it", () => {
    const ended = countsOf(
      "# TYPE g gauge\ng 7\n# TYPE a counter\na 3\n# TYPE cbr_proxy_configuration_loads_total counter\ncbr_proxy_configuration_loads_total 9\n"
    )
    assert.strictEqual(merged([{ text: ended }, of("2", "# TYPE a counter", "a 4")]), "# TYPE a counter\na 7\n")
  })

  it.effect("of one process are what it says itself", () =>
    Effect.gen(function* () {
      yield* Metric.update(
        Metric.withAttributes(Metric.counter("one_total", { description: "A \\ and a\nbreak" }), { k: "} 1" }),
        2
      )
      yield* Metric.update(Metric.histogram("one_seconds", { boundaries: [0.1, 1] }), 0.5)
      const text = yield* PrometheusMetrics.format()
      assert.strictEqual(merged([{ text }]), text)
    })
  )
})
