import { type ExpectationSentences, expectationText } from "../../values/Expectation.ts"

/** 未知的词可能指什么。 */
const meant = (near: string | undefined): string => (near === undefined ? "" : `；是否想用 ${near}？`)

const sentences: ExpectationSentences = {
  time: () => "应为 1ms 到 24h 的时间，如 500ms、30s 或 2m",
  span: () => "应为 90m、24h、7d 或 4w 这样的时长",
  integer: () => "应为整数",
  number: () => "应为数字",
  "at-least": ({ least }) => `应为不小于 ${least} 的值`,
  "at-most": ({ most }) => `应为不大于 ${most} 的值`,
  "one-of": ({ members, near }) => `应为 ${members.map((member) => JSON.stringify(member)).join(" | ")}${meant(near)}`,
  string: () => "应为字符串",
  boolean: () => "应为 true 或 false",
  array: () => "应为列表",
  object: () => "应为对象",
  missing: () => "缺少此项",
  unexpected: ({ near }) => `没有此项${meant(near)}`
}

/** 值的要求。 */
export const expected = expectationText(sentences)
