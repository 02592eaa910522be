/** The words of `cbr doctor` in English. */
export const en = {
  short: "Find what stands between here and an answer",
  long: "Look at everything between here and an answer (signature, settings, proxy, DNS, TCP, TLS, clock, one call), each with what to do.",
  examples: [{ command: "cbr doctor", description: "When a call fails and it is not clear why" }],
  steps: {
    signature: "Signature",
    settings: "Settings",
    proxy: "Proxy",
    dns: "DNS",
    tcp: "TCP",
    tunnel: "Tunnel",
    tls: "TLS",
    clock: "Clock",
    call: "Call"
  },
  signatureRight: "a known request is signed as it should be",
  signatureWrong: "a known request is signed wrongly on this machine",
  noProxy: "no proxy variable is set",
  proxyUsed: (proxy: string) => `calls go by way of ${proxy} (HTTPS_PROXY)`,
  proxyPassed: "HTTPS_PROXY is set, and not used for this address (plain HTTP, or NO_PROXY)",
  plainHttp: "plain HTTP: the endpoint has no TLS",
  noDate: "the endpoint tells no date that can be right",
  skew: (seconds: number, isCorrected: boolean) =>
    seconds === 0
      ? "the service and this machine agree"
      : `the service is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} this machine${isCorrected ? "; the client corrects it: it signs by the service's clock" : ""}`,
  accepted: "the credential is accepted",
  fixDns: "check the region or the endpoint, and the name server",
  fixTcp: "check firewall and route to the endpoint",
  fixProxyDns: "check HTTPS_PROXY, and the name server",
  fixProxyTcp: "check HTTPS_PROXY, and that the proxy runs",
  fixTunnel: "have the proxy let the endpoint through; on 407 it asks for http://USER:PASSWORD@… in HTTPS_PROXY",
  fixTls: "check the certificate authorities (CBR_CA_FILE), and who answers there"
}
