import type { en } from "./en.ts"

/** `cbr configure` 的中文文本。 */
export const zh: typeof en = {
  short: "将凭证和默认值保存为配置",
  long: "将凭证和默认值保存为配置。机密通过提问或标准输入给出，绝不作为选项。",
  examples: [
    { command: "cbr configure", description: "逐项提问" },
    { command: "cbr configure work --region cn-north-4 --ak AK --secret-stdin < secret", description: "没有终端时" }
  ],
  args: {
    newProfile: "配置的名称；默认为 --profile 的名称或 `default`"
  },
  flags: {
    ak: "访问密钥 ID",
    secretStdin: "从标准输入读取秘密访问密钥",
    tokenStdin: "从标准输入读取 Token"
  },
  region: "区域（如 cn-north-4）",
  projectId: "项目 ID（留空则用区域的默认项目）",
  ak: "访问密钥 ID（AK）",
  sk: "秘密访问密钥（SK）",
  verify: "现在发送一次调用来验证吗？",
  verified: (name) => `服务认可 ${name} 的凭证`,
  correct: (name) => `配置 ${name} 已保存；用 \`cbr configure ${name}\` 更正`,
  before: (name, variables) => `已设置 ${variables.join("、")}，除非用 --profile 指定，否则优先于 ${name}`,
  next: (command) => `下一步：${command}`,
  noSecret: "给出了访问密钥 ID，但没有终端可供输入密钥",
  nothing: "没有可保存的内容：未给出区域、项目、终端节点或凭证",
  giveSomething: "请用选项给出，或在终端中运行以便逐项询问",
  twoNames: "给出了两个名称",
  noName: "配置需要名称",
  giveOne: "请给出一个名称，如 `cbr configure work`",
  noProject: "它不是项目 ID：应为 1 到 64 个字母、数字、- 或 _",
  giveProject: "可在控制台的“我的凭证”中查到；不给则查询区域的默认项目",
  noKey: "它不是访问密钥 ID：为空，或含有空格、`:`、`/` 等不会有的字符",
  giveKey: "请给出访问密钥 ID（AK），而不是密钥本身",
  emptySecret: "没有机密",
  notAlone: "除机密外还有其他内容：其中含有空格或换行",
  endless: (bytes) => `任何机密都没有这么长：超过 ${bytes} 字节`,
  giveAlone: "请只给出机密；尚未保存任何内容",
  giveSecret: "请用 --secret-stdin 从标准输入给出密钥",
  saved: (name, file) => `配置 ${name} 已保存到 ${file}`,
  oneSecret: "--token-stdin 和 --secret-stdin 只能给出一个：标准输入只有一个机密",
  oneCredential: "--ak 和 --token-stdin 只能给出一个：一个配置只有一个凭证",
  secretNeedsKey: "--secret-stdin 需要 --ak：没有密钥 ID，密钥无法使用"
}
