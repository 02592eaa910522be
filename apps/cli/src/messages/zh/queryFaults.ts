import { type QueryFaultReason, type QueryFaultSentences, queryFaultText } from "@cbr/client/jmespath"

const sentences: QueryFaultSentences = {
  unexpected: ({ at, text }) => `第 ${at} 个字符处不能是 ${text}${text === "=" ? "；比较请用 ==" : ""}`,
  unfinished: () => "表达式不完整：缺少引号、括号或操作数",
  "not-json": ({ text }) => `${text} 不是 JSON，而反引号之间须为 JSON；文本请用单引号`,
  "too-deep": () => "表达式或所查询的值嵌套过深",
  "unknown-function": ({ name, near }) => `没有函数 ${name}${near === undefined ? "" : `；是否想用 ${near}？`}`,
  "unknown-variable": ({ name }) => `此处没有 let 给 $${name} 赋值`,
  arguments: ({ found, name, takes }) => `${name} 需要 ${takes} 个参数，而不是 ${found} 个`,
  type: ({ argument, found, name, types }) =>
    `${name} 的第 ${argument} 个参数须为 ${types.join(" 或 ")}，而不是 ${found}`,
  value: ({ found, name }) => `${name} 不能使用 ${found}`,
  constant: () => "它不看响应中的任何字段，因此结果永远不变"
}

/** 查询表达式不能使用的原因。 */
export const queryFault = (reason: QueryFaultReason): string => queryFaultText(reason, sentences)
