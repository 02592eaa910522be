import type { ConnectionDetails, Sentences, Service } from "@cbr/client"
import { joined } from "../phrases.ts"

/** 被调用的各项服务的名称。 */
export const serviceNames: Readonly<Record<Service | "proxy", string>> = {
  CBR: "服务",
  IAM: "IAM",
  STS: "STS",
  "ecs-metadata": "服务器元数据",
  "pod-identity": "Pod 身份",
  proxy: "代理"
}

type Peer = ConnectionDetails["not-connected"]

const peer = ({ host, isProxy }: Peer): string => (isProxy ? `代理 ${host}` : host)

const coded = ({ system_code }: Peer): string => (system_code === undefined ? "" : `（${system_code}）`)

const states = { Closed: "已接通，调用照常", HalfOpen: "半开，由一次调用试探", Open: "已断开" }

/** 请求为何得不到响应。 */
export const connections: Sentences<ConnectionDetails> = {
  "name-not-found": (of) => `DNS 中找不到${of.isProxy ? "代理的" : ""}主机名 ${of.host}${coded(of)}`,
  "not-connected": (of) => `${joined("无法连接", peer(of))}${coded(of)}`,
  "certificate-not-trusted": (of) => `${peer(of)} 的证书不受信任，或 TLS 失败${coded(of)}`,
  "no-tls": (of) => `${peer(of)} 不使用 TLS${coded(of)}`,
  "connection-broken": (of) => `${joined("到", peer(of))} 的连接在响应完整之前中断${coded(of)}`,
  "no-answer": ({ error, host }) => `没有收到 ${host} 的响应（${error}）`,
  "tunnel-refused": (of) => `途中的代理未能连接 ${of.host}${coded(of)}`,
  "proxy-wants-login": (of) => `途中的代理要求用户名和密码，或不接受所给的：它返回 407${coded(of)}`,
  "address-not-callable": ({ origin }) => `无法调用 ${origin}：地址无效`,
  "no-answer-within": ({ seconds, service }) =>
    service === "CBR"
      ? `${seconds} 秒内没有响应`
      : joined(`${seconds} 秒内没有来自`, joined(serviceNames[service], "的响应")),
  "no-backup-within": ({ last, seconds }, say) =>
    `在单次调用时限 ${seconds} 秒内没有得到备份${last === undefined ? "" : `；最后一次：${say(last)}`}`,
  "no-answer-for-caller": ({ milliseconds }) => `云服务在调用方限定的 ${milliseconds} 毫秒内没有响应`,
  "caller-leaves-no-time": ({ milliseconds }) => `调用方留出的时间少于调用云服务所需的 ${milliseconds} 毫秒`,
  "circuit-open": ({ host, last, seconds }, say) =>
    `未发送任何请求：因连续失败过多，到 ${host} 的熔断器已断开（${
      seconds === undefined ? "正由一次调用试探" : `还有 ${seconds} 秒`
    }）${last === undefined ? "" : `；最近一次失败：${say(last)}`}`,
  "circuit-is": ({ host, state }) => `到 ${host} 的熔断器${states[state]}`
}
