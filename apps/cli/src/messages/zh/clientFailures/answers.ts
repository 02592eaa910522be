import type { AnswerDetails, Sentences } from "@cbr/client"
import { unreadableText } from "@cbr/domain"
import { joined } from "../phrases.ts"
import { serviceNames } from "./connections.ts"

/** 响应说了什么，或缺了什么。 */
export const answers: Sentences<AnswerDetails> = {
  answered: ({ by, error_code, error_msg, failure, status }, say) => {
    // IAM 的错误码常常就是状态码。
    const code = error_code === String(status) ? "" : error_code
    const said = [code, failure === undefined ? error_msg : say(failure)].filter(Boolean)
    return `${joined(serviceNames[by], "返回")} ${[String(status), ...said].join("，")}`
  },
  "backup-unreadable": ({ fault }) => `CBR 返回 200，但${unreadableText(fault).zh}`,
  "no-backup-of-resource": ({ by, resource }) =>
    `该项目和区域中没有${by === "resource_id" ? " ID " : "名称"}为 ${JSON.stringify(resource)} 的资源的备份`,
  "list-unsorted": () => "服务器未按要求对列表排序；读取期间若有备份新增或删除，列表可能不完整",
  "list-unpaged": () => "服务器对另一页给出了相同的备份，或列表变化快于读取；列表可能不完整",
  "list-saved-in-part": ({ count = 0, limit, offset = 0, received }) => {
    if (offset > 0) return `保存的这一页缺少之前的 ${offset} 个备份，因此列表不完整`
    if (count > received) return `保存的这一页只有 ${count} 个备份中的 ${received} 个，因此列表不完整`
    return limit !== undefined && limit <= received
      ? `保存的这一页已满（${received} 个备份），可能还有更多匹配的备份，因此列表可能不完整`
      : `保存的这一页未以数字说明它是列表的哪一部分，因此列表可能不完整`
  },
  "list-without-copies": () => "服务器拒绝 show_replication，因此列表不含到其他区域的复制；单独查询的备份含有复制",
  "answer-too-large": ({ bytes, service }) => `${joined(serviceNames[service], "的响应")}超过 ${bytes} 字节`,
  "answer-compressed": ({ service }) => `${joined(serviceNames[service], "的响应")}经过压缩，而请求并未要求`,
  "answer-not-text": ({ service }) => `${joined(serviceNames[service], "的响应")}不是 UTF-8 文本`,
  "answer-without-projects": () => "IAM 返回 200，但没有项目列表",
  "answer-without-token": () => "IAM 返回 201，但没有 Token 及其到期时间",
  "answer-without-federated-token": () => "IAM 对 ID Token 作出了响应，但没有给出 Token",
  "answer-without-identity": ({ service }) => `${serviceNames[service]} 返回 200，但没有说明凭证属于谁`,
  "answer-without-key": ({ service }) => `${joined(serviceNames[service], "有响应")}，但没有临时密钥及其到期时间`,
  other: ({ message }) => message
}
