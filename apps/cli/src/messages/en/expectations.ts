import { type ExpectationSentences, expectationText } from "../../values/Expectation.ts"

/** The suggestion for an unknown word. */
const meant = (near: string | undefined): string => (near === undefined ? "" : `; did you mean ${near}?`)

const sentences: ExpectationSentences = {
  time: () => "Expected a time from 1ms to 24h, such as 500ms, 30s or 2m",
  span: () => "Expected a span such as 90m, 24h, 7d or 4w",
  integer: () => "Expected an integer",
  number: () => "Expected a number",
  "at-least": ({ least }) => `Expected a value greater than or equal to ${least}`,
  "at-most": ({ most }) => `Expected a value less than or equal to ${most}`,
  "one-of": ({ members, near }) =>
    `Expected ${members.map((member) => JSON.stringify(member)).join(" | ")}${meant(near)}`,
  string: () => "Expected a string",
  boolean: () => "Expected true or false",
  array: () => "Expected a list",
  object: () => "Expected an object",
  missing: () => "Expected to be there",
  unexpected: ({ near }) => `No such key${meant(near)}`
}

/** An expectation of a value. */
export const expected = expectationText(sentences)
