import type { ConnectionDetails, Service, Sentences } from "../FailureDetails.ts"

/** The services by name. */
export const serviceNames: Readonly<Record<Service | "proxy", string>> = {
  CBR: "CBR",
  IAM: "IAM",
  STS: "STS",
  "ecs-metadata": "the server's metadata",
  "pod-identity": "pod identity",
  proxy: "the proxy"
}

type Peer = ConnectionDetails["not-connected"]

const peer = ({ host, isProxy }: Peer): string => (isProxy ? `the proxy at ${host}` : host)

const coded = ({ system_code }: Peer): string => (system_code === undefined ? "" : ` (${system_code})`)

const states = { Closed: "closed: calls go through", HalfOpen: "half open: one call tries it", Open: "open" }

/** The sentences of connections. */
export const connections: Sentences<ConnectionDetails> = {
  "name-not-found": (of) =>
    `the name ${of.host}${of.isProxy ? " of the proxy" : ""} could not be found in DNS${coded(of)}`,
  "not-connected": (of) => `no connection to ${peer(of)}${coded(of)}`,
  "certificate-not-trusted": (of) => `the certificate of ${peer(of)} is not trusted, or TLS failed${coded(of)}`,
  "no-tls": (of) => `${peer(of)} does not speak TLS${coded(of)}`,
  "connection-broken": (of) => `the connection to ${peer(of)} broke before the answer was complete${coded(of)}`,
  "no-answer": ({ error, host }) => `no answer from ${host} (${error})`,
  "tunnel-refused": (of) => `the proxy on the way opened no connection to ${of.host}${coded(of)}`,
  "proxy-wants-login": (of) =>
    `the proxy on the way asks for a name and a password, or for other ones: it answered 407${coded(of)}`,
  "address-not-callable": ({ origin }) => `${origin} cannot be called: the address is not valid`,
  "no-answer-within": ({ seconds, service }) =>
    `no answer${service === "CBR" ? "" : ` from ${serviceNames[service]}`} within ${seconds} s`,
  "no-backup-within": ({ last, seconds }, say) =>
    `no backup within the call timeout of ${seconds} s${last === undefined ? "" : `; the last attempt: ${say(last)}`}`,
  "no-answer-for-caller": ({ milliseconds }) => `the cloud gave no answer within the caller's ${milliseconds} ms`,
  "caller-leaves-no-time": ({ milliseconds }) =>
    `the caller leaves less than the ${milliseconds} ms that a call to the cloud takes`,
  "circuit-open": ({ host, last, seconds }, say) =>
    `nothing was sent: the circuit to ${host} is open ${
      seconds === undefined ? "while one call tries it" : `for another ${seconds} s`
    }, because too many calls failed in a row${last === undefined ? "" : `; what failed last: ${say(last)}`}`,
  "circuit-is": ({ host, state }) => `the circuit to ${host} is ${states[state]}`
}
