import { layer as simulatorLayer, Simulator } from "@cbr/simulator"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Queue, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { entry } from "../CliProcess.ts"
import { withToken } from "../CommandLine.ts"

const cbr = `'${process.execPath}' '${entry}'`

/** Keys to type once a text has come. */
type Step = readonly [after: string, keys: string]

layer(Layer.merge(simulatorLayer(), NodeServices.layer), { excludeTestServices: true })("a live view", (it) => {
  /** Runs lines of bash in a terminal, with job control: what it shows, and the terminal's modes before and after. */
  const typed = Effect.fnUntraced(function* (lines: string, steps: ReadonlyArray<Step>) {
    const files = yield* FileSystem.FileSystem
    const home = yield* files.makeTempDirectoryScoped()
    yield* files.writeFileString(`${home}/line`, `stty -a > before\nset -m\n${lines}\nstty -a > after\n`)
    const keys = yield* Queue.unbounded<Uint8Array>()
    const handle = yield* ChildProcess.make("script", ["-qefc", "stty cols 120 rows 30; bash line", "/dev/null"], {
      cwd: home,
      env: { ...(yield* withToken), PATH: process.env["PATH"] ?? "", HOME: home, TERM: "xterm", CBR_METADATA: "off" },
      extendEnv: false,
      stdin: Stream.fromQueue(keys)
    })
    let out = ""
    let from = 0
    let step = 0
    yield* Stream.runForEach(Stream.decodeText(handle.stdout), (text) => {
      out += text
      const [after, type] = steps[step] ?? []
      if (after === undefined || !out.slice(from).includes(after)) return Effect.void
      from = out.length
      step++
      return Queue.offer(keys, new TextEncoder().encode(type))
    })
    assert.strictEqual(step, steps.length, out)
    assert.strictEqual(yield* files.readFileString(`${home}/after`), yield* files.readFileString(`${home}/before`))
    return out
  }, Effect.scoped)

  it.effect("q ends a watch with 130 where --until-stable asks for more than a look", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const out = yield* typed(`${cbr} watch ${backups.protecting} --until-stable; echo =$?`, [["q ends", "q"]])
      assert.match(out, /=130\r\n/)
    })
  )

  it.effect("a live view shows no typed key, and q ends a watch with 0 and a wait with 130", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      const out = yield* typed(
        `${cbr} watch ${backups.protecting}; echo =$?; ${cbr} wait ${backups.available} --for restorable; echo =$?`,
        [
          // An arrow, and a digit of the keypad, have letters in them.
          ["q ends", "xyz\u001b[A\u001bOq"],
          ["q ends", "q"],
          ["waiting for restorable", "xyz"],
          ["waiting for restorable", "Q"]
        ]
      )
      assert.match(out, /=0\r\n/)
      assert.match(out, /=130\r\n/)
      assert.notMatch(out, /xyz/)
      assert.include(out, "not yet: the restore mode is na")
    })
  )

  it.effect(
    "a live view leaves the terminal to the shell while it is stopped, and takes it back in the foreground",
    () =>
      Effect.gen(function* () {
        const { backups } = yield* Simulator
        const out = yield* typed(
          `${cbr} watch ${backups.protecting}; echo =$?; stty -a | diff - before && echo same; fg; echo =$?`,
          [
            ["q ends", "\u001a"],
            ["same", ""],
            ["q ends", "q"]
          ]
        )
        const [, stopped = ""] = /=148\r\n([^]*)=0\r\n/.exec(out) ?? []
        assert.match(stopped, /^same\r\n/)
        // The cursor is shown to the shell, hidden again in front, and shown at the end.
        assert.deepStrictEqual(
          out.match(/\[\?25[hl]/g),
          ["l", "h", "l", "h"].map((mode) => `[?25${mode}`)
        )
      })
  )

  it.effect("a live view does not begin in the background: there it prints lines", () =>
    Effect.gen(function* () {
      const { backups } = yield* Simulator
      // Enter is the shell's: it ends what runs behind.
      const out = yield* typed(
        `${cbr} wait ${backups.available} --for deleted --timeout 1m & read; kill %1; wait %1; echo =$?`,
        [["not yet", "\n"]]
      )
      assert.match(out, /note: waiting for deleted, 1m at most\r\n.*not yet: the status is available \(1m left\)/)
      assert.match(out, /=143\r\n/)
    })
  )
})
