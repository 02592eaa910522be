import * as Schema from "effect/Schema"
import { atStart, count, defaulted, section } from "../policy/Defaulted.ts"

const port = count(0, 65_535, "Port; 0 takes a free one")

/** Where callers are served. */
export const ListenSection = section(
  {
    host: defaulted(atStart(Schema.NonEmptyString.annotate({ description: "Address to listen on" })), "127.0.0.1"),
    port: defaulted(atStart(port), 8080),
    reuse_port: defaulted(
      atStart(
        Schema.Boolean.annotate({
          description:
            "Whether several processes listen on the port, over which the system spreads connections; needs `redis`, and an admin port for each"
        })
      ),
      false
    ),
    public_hosts: Schema.optionalKey(
      Schema.Array(
        Schema.String.check(
          Schema.isPattern(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/u, {
            message: "expected a name or an address with an optional port"
          })
        )
      ).annotate({
        description:
          "Names by which callers reach the proxy, as they stand in Host; without a port for any. This machine's own and `host` when absent"
      })
    ),
    behind_tls: defaulted(
      atStart(
        Schema.Boolean.annotate({ description: "Something in front ends TLS, so plain HTTP may be served publicly" })
      ),
      false
    ),
    tls: Schema.optionalKey(
      Schema.Struct({
        cert_file: Schema.NonEmptyString.annotate({ description: "Certificate chain, PEM" }),
        key_file: Schema.NonEmptyString.annotate({ description: "Private key, PEM" })
      }).annotate({ description: "Serve TLS 1.2 and later" })
    )
  },
  "Where callers are served; whether `tls` is there is read at start only, and its files follow a change"
)

/** The port for operators and their tools. */
export const AdminSection = section(
  {
    enabled: defaulted(Schema.Boolean.annotate({ description: "Whether to listen at all" }), true),
    host: defaulted(
      Schema.Literals(["127.0.0.1", "::1"]).annotate({ description: "Address of this machine alone" }),
      "127.0.0.1"
    ),
    port: defaulted(port, 9090)
  },
  "Health, metrics and the configuration in force",
  "at start"
)

/** How the proxy stops. */
export const DrainSection = section(
  {
    serve_seconds: defaulted(
      count(0, 300, "After SIGTERM, how long new requests are still served while balancers look away"),
      5
    ),
    finish_seconds: defaulted(count(0, 300, "After that, how long requests in flight have to end"), 25),
    report_seconds: defaulted(
      count(0, 300, "Where requests were cut off then, how long /metrics has to be read of it, if it was read before"),
      10
    )
  },
  "How the proxy stops",
  "at start"
)

/** Where traces go. */
export const TelemetrySection = atStart(
  Schema.Struct({
    traces_url: Schema.String.check(
      Schema.isPattern(/^https?:\/\/[^\s@]+$/u, {
        message: "expected an address such as http://127.0.0.1:4318/v1/traces"
      })
    ).annotate({ description: "OTLP over HTTP, with its path: http://127.0.0.1:4318/v1/traces" })
  }).annotate({ description: "Traces, sent as OTLP" })
)
