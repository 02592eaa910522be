import { type QueryFaults, sayFault } from "../QueryFaults.ts"

const sentences: QueryFaults = {
  unexpected: ({ at, text }) =>
    `${text} cannot stand at character ${at}${text === "=" ? "; values are compared with ==" : ""}`,
  unfinished: () => "it ends too early: a quote, a bracket or an operand is missing",
  "not-json": ({ text }) => `${text} is not JSON, which a literal between backticks is; a text goes in single quotes`,
  "too-deep": () => "it, or the value it is asked of, nests too deeply",
  "unknown-function": ({ name, near }) =>
    `there is no function ${name}${near === undefined ? "" : `; did you mean ${near}?`}`,
  "unknown-variable": ({ name }) => `no let gives $${name} a value there`,
  arguments: ({ found, name, takes }) => `${name} takes ${takes} arguments, not ${found}`,
  type: ({ argument, found, name, types }) =>
    `${name} wants ${types.join(" or ")} as argument ${argument}, and gets ${found}`,
  value: ({ found, name }) => `${name} cannot use ${found}`
}

/** Why a query cannot be used. */
export const queryFault = sayFault(sentences)
