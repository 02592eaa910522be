import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { type JsonValue, parseJson, stringifyJson } from "@cbr/client/jmespath"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { parse } from "yaml"
import { needs } from "../../../../debian.ts"
import { yamlText } from "../../src/output/YamlText.ts"

/** What readers of YAML 1.1 or 1.2 take for something else than a text, unless it is quoted. */
const traps = [
  ..."y n yes No NO on OFF true False null NULL ~ = << .inf -.INF .nan 0 -0 +1 1. .5 1e3 1e-7 1.0e+21 0x1F 0o17 017 08".split(
    " "
  ),
  ..."0b11 1_000 12:30 12:30:45 190:20:30.15 2026-01-02 2026-1-2 2001-12-14t21:59:43.10-05:00 1e5-a".split(" "),
  "2026-01-01T00:00:00Z",
  "2001-12-14 21:59:43.10 -5",
  ..."- ? : # & * ! | > @ % ` [] {} [ ] { } , -- --- ... ' a:".split(" "),
  "",
  " ",
  " lead",
  "trail ",
  "a: b",
  "a #b",
  "a\tb",
  "two\nlines",
  "next\u0085line",
  "line\u2028paragraph\u2029",
  "\u0000\u0007\u001b\u007f\u009f",
  "\ufeffmark",
  "\uffff",
  "\ud800",
  "\u{1f600}",
  "备份",
  "OS::Nova::Server",
  "6df2b54c-dd62-4059-a07c-1b8f24f2725d",
  "12345678-1234-1234-1234-123456789012",
  "4229e7454364894",
  "__proto__",
  "x".repeat(2000)
]

const Text = Schema.Union([Schema.Literals(traps), Schema.String])
const Scalar = Schema.Union([Text, Schema.Finite, Schema.Int, Schema.Boolean, Schema.Null])
const Flat = Schema.Union([Scalar, Schema.Array(Scalar), Schema.Record(Text, Scalar)])
const Json = Schema.Union([Flat, Schema.Array(Flat), Schema.Record(Text, Flat)])

const numbers = [0, -0, 1e-7, 1.5e-7, 5e-324, 1e21, 1.7976931348623157e308, 0.1, -2.5]
const large = `{"a":9007199254740993,"b":-123456789012345678901234567890}`

describe("YAML", () => {
  it.each(traps)("quotes %j where it must, as a value and as a name", (text) => {
    const value = { [text]: [text, { [text]: text }] }
    assert.deepStrictEqual(parse(yamlText(value), { maxAliasCount: 0 }), value)
    assert.strictEqual(parse(yamlText(text)), text)
  })

  it("YAML leaves what is plainly a text without quotes", () => {
    for (const text of ["available", "OS::Nova::Server", "6df2b54c-dd62-4059-a07c-1b8f24f2725d", "备份 one"]) {
      assert.strictEqual(yamlText({ a: text }), `a: ${text}`)
    }
    assert.strictEqual(yamlText({ a: [], b: {}, c: [[1, { d: null }]] }), "a: []\nb: {}\nc:\n  - - 1\n    - d: null")
  })

  it("YAML has numbers that 1.1 reads too, and integers whole", () => {
    assert.strictEqual(yamlText([1e-7, 1e21]), "- 1.0e-7\n- 1.0e+21")
    assert.strictEqual(yamlText(parseJson(large)), "a: 9007199254740993\nb: -123456789012345678901234567890")
  })

  it.prop("YAML of any value reads back equal in YAML 1.2", [Json], ([value]) => {
    assert.deepStrictEqual(parse(yamlText(value)), JSON.parse(JSON.stringify(value)))
  })
})

/** Says of a YAML and a JSON text in a line whether PyYAML, which reads YAML 1.1, reads the same from both. */
const program = `
import json, sys, yaml

def same(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (one, other))
    return one == other if numbers else type(one) is type(other) and one == other

for line in sys.stdin:
    text, expected = json.loads(line)
    try:
        read = yaml.safe_load(text)
        said = "equal" if same(read, json.loads(expected)) else "reads " + ascii(read)
    except Exception as error:
        said = ascii(error)
    print(said, flush=True)
`

/** One PyYAML for all tests: what it makes of a value's YAML beside its JSON. */
class PyYaml extends Context.Service<PyYaml, (yaml: string, json: string) => Effect.Effect<string>>()(
  "@cbr/cli/test/PyYaml"
) {
  static readonly layer = Layer.effect(
    PyYaml,
    Effect.gen(function* () {
      const python = yield* Effect.acquireRelease(
        Effect.sync(() => spawn("/usr/bin/python3", ["-c", program], { stdio: ["pipe", "pipe", "inherit"] })),
        (python) => Effect.sync(() => python.kill())
      )
      const answers = createInterface(python.stdout)[Symbol.asyncIterator]()
      return (yaml, json) =>
        Effect.promise(async () => {
          python.stdin.write(`${JSON.stringify([yaml, json])}\n`)
          return (await answers.next()).value as string
        })
    })
  )
}

const compared = (value: JsonValue) => PyYaml.use((compare) => compare(yamlText(value), stringifyJson(value, "line")))

describe("YAML, read by PyYAML", needs("/usr/lib/python3/dist-packages/yaml"), () => {
  layer(PyYaml.layer)((it) => {
    it.effect("YAML is equal for every trap, as a value and as a name", () =>
      Effect.gen(function* () {
        for (const text of traps)
          assert.strictEqual(yield* compared({ [text]: [text, { [text]: text }] }), "equal", text)
        for (const number of numbers) assert.strictEqual(yield* compared([number]), "equal", String(number))
        assert.strictEqual(yield* compared(parseJson(large)), "equal")
      })
    )

    it.effect.prop("YAML is equal for any value", [Json], ([value]) =>
      Effect.gen(function* () {
        assert.strictEqual(yield* compared(value), "equal")
      })
    )

    it.effect("differs where quotes are missing, so the comparison can fail", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* PyYaml.use((compare) => compare("no", `"no"`)), "reads False")
      })
    )
  })
})
