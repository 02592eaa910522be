/** The words of `cbr doctor` in English. */
export const en = {
  short: "Find why a call fails",
  long: "Test each step of a call (signature, settings, proxy, DNS, TCP, TLS, clock, one call), with advice for the one that fails.",
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
  signatureRight: "this machine signs a known request correctly",
  signatureWrong: "this machine signs a known request incorrectly",
  noProxy: "no proxy variable is set",
  proxyUsed: (proxy: string) => `calls use the proxy ${proxy} (HTTPS_PROXY)`,
  proxyPassed: "HTTPS_PROXY is set but not used for this address (plain HTTP, or NO_PROXY)",
  plainHttp: "plain HTTP: the endpoint has no TLS",
  noDate: "the endpoint sends no plausible date",
  skew: (seconds: number, isCorrected: boolean) =>
    seconds === 0
      ? "the service and this machine agree"
      : `the service is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} this machine${isCorrected ? "; the client corrects it: it signs by the service's clock" : ""}`,
  accepted: "the credential is accepted",
  acceptedByProxy: (proxy: string) => `the credential is accepted; the call went through ${proxy}`,
  proxyIgnored: (proxy: string) => `the credential is accepted, but the call did not go through ${proxy}`,
  fixDns: "check the region or the endpoint, and the name server",
  fixTcp: "check firewall and route to the endpoint",
  fixProxyDns: "check HTTPS_PROXY, and the name server",
  fixProxyTcp: "check HTTPS_PROXY, and that the proxy runs",
  fixTunnel: "allow the endpoint in the proxy; on 407 set HTTPS_PROXY to http://USER:PASSWORD@…",
  fixProxyIgnored: "do not rely on the proxy; report this with the line of cbr version",
  fixTls: "check the certificate authorities (CBR_CA_FILE), and which server answers there"
}
