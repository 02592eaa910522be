import { assert, describe, it } from "@effect/vitest"
import { frameOf } from "../../src/live/SseEvents.ts"
import { eventsIn } from "./Frames.ts"

const id = '"of-this-body"'

describe("a frame", () => {
  it("has the id after the data, so a client that notes each id at once notes none of an event cut within its data", () => {
    const { frame } = frameOf("changed", '{\n  "backup": {}\n}', id)
    const text = new TextDecoder().decode(frame)
    assert.strictEqual(text, `event: changed\ndata: {\ndata:   "backup": {}\ndata: }\nid: ${id}\n\n`)
    assert.deepStrictEqual(eventsIn(frame), [{ event: "changed", id, data: '{\n  "backup": {}\n}' }])
  })

  it("without an id has no id line, so the client keeps the id of the event before", () => {
    const frames = [frameOf("changed", "{}", id), frameOf("problem", "{}")].map(({ frame }) => frame)
    assert.notInclude(new TextDecoder().decode(frames[1]), "id:")
    assert.deepStrictEqual(
      eventsIn(...frames).map((event) => event.id),
      [id, id]
    )
  })
})
