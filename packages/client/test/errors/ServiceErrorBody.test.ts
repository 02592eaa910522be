import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { read } from "../../src/errors/ServiceErrorBody.ts"

describe("ServiceErrorBody.read", () => {
  const bodies: ReadonlyArray<readonly [text: string, read: object]> = [
    [`{"error_code":"A","error_msg":"b","request_id":"c"}`, { error_code: "A", error_msg: "b", request_id: "c" }],
    [`{"errorCode":"A","errorMsg":"b"}`, { error_code: "A", error_msg: "b" }],
    [`{"code":"A","message":"b"}`, { error_code: "A", error_msg: "b" }],
    [`{"error":{"code":401,"message":"b","title":"Unauthorized"}}`, { error_code: "401", error_msg: "b" }],
    [`{"error":{"error_code":"A","error_msg":"b"}}`, { error_code: "A", error_msg: "b" }],
    [`{"error_code":"A","error_msg":"b","encoded_authorization_message":"x"}`, { error_code: "A", error_msg: "b" }],
    [`{"error_code":"A","errorCode":"B","code":"C"}`, { error_code: "A" }],
    [`{"error_code":"","code":"C"}`, { error_code: "C" }],
    [`{"error_code":{"code":"C"}}`, { error_code: "C" }],
    [`[{"code":"C"},{"code":"D","message":"m"}]`, { error_code: "C", error_msg: "m" }],
    [`{"code":true,"message":["m"]}`, {}],
    [`{"a":{"b":{"c":{"d":{"code":"too deep"}}}}}`, {}],
    [`"a text"`, { error_msg: `"a text"` }],
    ["null", { error_msg: "null" }],
    ["", {}],
    ["\ufeff<html>", {}]
  ]
  for (const [text, expected] of bodies) {
    it(JSON.stringify(text), () => assert.deepStrictEqual(read(text), expected))
  }

  it.prop("never throws, and gives texts only", [Schema.Json, Schema.String], ([json, text]) => {
    for (const body of [JSON.stringify(json), JSON.stringify({ error: json, code: json }), text]) {
      for (const value of Object.values(read(body))) assert.isString(value)
    }
  })
})
