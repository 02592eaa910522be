import type { en } from "./en.ts"

/** `cbr doctor` 的中文文本。 */
export const zh: typeof en = {
  short: "查找调用不通的原因",
  long: "逐步检查从本机到响应的一切（签名、设置、代理、DNS、TCP、TLS、时钟、一次调用），并给出建议。",
  examples: [{ command: "cbr doctor", description: "调用失败而原因不明时" }],
  steps: {
    signature: "签名",
    settings: "设置",
    proxy: "代理",
    dns: "DNS",
    tcp: "TCP",
    tunnel: "隧道",
    tls: "TLS",
    clock: "时钟",
    call: "调用"
  },
  signatureRight: "已知请求的签名正确",
  signatureWrong: "本机对已知请求的签名有误",
  noProxy: "未设置代理变量",
  proxyUsed: (proxy) => `调用经由 ${proxy}（HTTPS_PROXY）`,
  proxyPassed: "已设置 HTTPS_PROXY，但此地址不使用它（明文 HTTP，或 NO_PROXY）",
  plainHttp: "明文 HTTP：该终端节点不使用 TLS",
  noDate: "终端节点未告知可信的时间",
  skew: (seconds, isCorrected) =>
    seconds === 0
      ? "服务与本机的时间一致"
      : `服务的时间比本机${seconds < 0 ? "慢" : "快"} ${Math.abs(seconds)} 秒${isCorrected ? "；客户端会自行校正：按服务的时间签名" : ""}`,
  accepted: "凭证被接受",
  acceptedByProxy: (proxy) => `凭证被接受；调用经由 ${proxy}`,
  proxyIgnored: (proxy) => `凭证被接受，但调用未经由 ${proxy}`,
  fixDns: "请检查区域或终端节点，以及域名服务器",
  fixTcp: "请检查防火墙和到终端节点的路由",
  fixProxyDns: "请检查 HTTPS_PROXY，以及域名服务器",
  fixProxyTcp: "请检查 HTTPS_PROXY，以及代理是否在运行",
  fixTunnel: "请让代理放行该终端节点；若为 407，HTTPS_PROXY 须为 http://USER:PASSWORD@…",
  fixProxyIgnored: "请勿依赖该代理；请附上 cbr version 的输出反馈此问题",
  fixTls: "请检查证书颁发机构（CBR_CA_FILE），以及应答者是谁"
}
