import * as Schema from "effect/Schema"
import { address, atStart, count, defaulted, matching, section, text, trueOrFalse } from "../policy/SettingSchema.ts"

const port = count(0, 65_535, "Port; 0 takes a free one")

/** The address for callers. */
export const ListenSection = section(
  {
    host: defaulted(atStart(text("Address to listen on")), "127.0.0.1"),
    port: defaulted(atStart(port), 8080),
    reuse_port: defaulted(
      atStart(
        trueOrFalse(
          "Whether several processes share the port; the system spreads connections over them. Needs `redis`, and an admin port for each process"
        )
      ),
      false
    ),
    public_hosts: Schema.optionalKey(
      Schema.Array(
        matching(
          /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/u,
          "expected a name or an address with an optional port"
        )
      ).annotate({
        description:
          "Names by which callers reach the proxy, as in Host; a name without a port stands for any port. By default the names of this machine, and `host`"
      })
    ),
    behind_tls: defaulted(
      atStart(
        trueOrFalse("Whether a balancer in front ends TLS, so that the proxy may serve plain HTTP to other machines")
      ),
      false
    ),
    tls: Schema.optionalKey(
      Schema.Struct({
        cert_file: text("Certificate chain, PEM"),
        key_file: text("Private key, PEM")
      }).annotate({ description: "Serve TLS 1.2 and later" })
    )
  },
  "Where the proxy serves callers. The proxy reads at start whether there is `tls`; a change of its files applies at reload"
)

/** The port for operators and their tools. */
export const AdminSection = section(
  {
    enabled: defaulted(trueOrFalse("Whether there is an admin port"), true),
    host: defaulted(
      Schema.Literals(["127.0.0.1", "::1"]).annotate({ description: "Address of this machine alone" }),
      "127.0.0.1"
    ),
    port: defaulted(port, 9090)
  },
  "Health, metrics and the configuration in force",
  "at start"
)

/** The times of a stop. */
export const DrainSection = section(
  {
    serve_seconds: defaulted(
      count(0, 300, "How long the proxy serves new requests after SIGTERM, in seconds, until balancers have noticed"),
      5
    ),
    finish_seconds: defaulted(count(0, 300, "How long open requests then have to end, in seconds"), 25),
    report_seconds: defaulted(
      count(
        0,
        300,
        "If the proxy had to cut requests: how long it waits for a read of /metrics, in seconds, if a client has read /metrics before"
      ),
      10
    )
  },
  "How the proxy stops",
  "at start"
)

/** The collector of traces. */
export const TelemetrySection = atStart(
  Schema.Struct({
    traces_url: address(
      /^https?:\/\/[^\s@]+$/u,
      "expected an address such as http://127.0.0.1:4318/v1/traces"
    ).annotate({
      description: "Address of an OTLP collector over HTTP, with its path: http://127.0.0.1:4318/v1/traces"
    })
  }).annotate({ description: "Traces, sent as OTLP" })
)
