import { gzipSync } from "node:zlib"
import type { ShowBackupError } from "@cbr/client"
import { body } from "../TestClient.ts"
import { response, type Serve } from "./FaultServer.ts"

/** A way for a server to be wrong, and what the client must make of it. */
export interface Fault {
  readonly name: string
  /** The server's handling of each request; `refuses` if there is no server, `tls` if the client never trusts it. */
  readonly serve: Serve | "refuses" | "tls"
  /** The end of the call. */
  readonly ends: ShowBackupError["_tag"] | "Success"
  /** Further fields of the error. */
  readonly says?: Readonly<Record<string, unknown>>
  /** Requests that the client sends. */
  readonly requests: number
  /** Milliseconds that the call may take; its deadline and a tenth where it is left out. */
  readonly within?: number
  /** Milliseconds that the call must take at least. */
  readonly atLeast?: number
  /** The call's deadline in milliseconds, three seconds where it is left out. */
  readonly deadline?: number
  /** Calls made one after another by the same client; the last one is judged. One where it is left out. */
  readonly calls?: number
}

const ok = response("200 OK", body)

/** Answers every request with the same bytes. */
const always =
  (bytes: Uint8Array | string): Serve =>
  ({ socket }) =>
    void socket.write(bytes)

/** Answers as {@link always} does, and then ends the connection in one of two ways. */
const then =
  (bytes: Uint8Array | string, end: "end" | "resetAndDestroy"): Serve =>
  ({ socket }) =>
    void socket.write(bytes, () => setTimeout(() => socket[end](), 20))

const drip =
  (first: string, drop: string): Serve =>
  ({ socket }) => {
    socket.write(first)
    const timer = setInterval(() => socket.write(drop), 1000)
    socket.once("close", () => clearInterval(timer))
  }

const flood =
  (head: string, chunk: Buffer, chunks: number): Serve =>
  ({ socket }) => {
    socket.write(head)
    let left = chunks
    const more = () => {
      while (left > 0 && !socket.destroyed) {
        left--
        if (!socket.write(chunk)) return void socket.once("drain", more)
      }
    }
    more()
  }

/** The worst thing to say in an error: the request itself. */
const quotes =
  (status: string): Serve =>
  ({ head, socket }) =>
    void socket.write(response(status, JSON.stringify({ error_code: "APIGW.0301", error_msg: `refused: ${head}` })))

const redirects =
  (status: string): Serve =>
  ({ elsewhere, socket }) =>
    void socket.write(response(status, "", { Location: `${elsewhere}/caught` }))

const throttles = (retryAfter: () => string): Serve => {
  return ({ nth, socket }) =>
    void socket.write(nth === 0 ? response("429 Too Many Requests", "", { "Retry-After": retryAfter() }) : ok)
}

const mebibyte = Buffer.alloc(1024 * 1024, "x")

const nested = `{"backup":${`{"children":[`.repeat(10_000)}${"]}".repeat(10_000)}}`

/** A body that is not JSON may be cut, and the client retries. */
const malformed = { ends: "MalformedResponse", requests: 3, says: { status_code: 200, may_be_cut: true } } as const
const broken = { ends: "ConnectionFailed", requests: 3, says: { reason: "Broken" } } as const
/** The third attempt begins in good time on a busy machine too. */
const late = { ends: "TimedOut", requests: 3, says: { limit: "call" }, deadline: 6000 } as const

/** Attempts are given a little more than a third of the deadline, and two retries from 20 ms on. */
export const faults: ReadonlyArray<Fault> = [
  { name: "refuses", serve: "refuses", ends: "ConnectionFailed", says: { reason: "Connect" }, requests: 3 },
  { name: "hangs before the head", serve: () => {}, ...late },
  { name: "hangs in the status line", serve: always("HTTP/1.1 2"), ...late },
  { name: "hangs in the head", serve: always("HTTP/1.1 200 OK\r\nContent-Le"), ...late },
  { name: "hangs after the head", serve: always("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"), ...late },
  { name: "hangs in the body", serve: always(ok.subarray(0, -100)), ...late },
  {
    name: "hangs after a chunk",
    serve: always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"),
    ...late
  },
  { name: "drips a byte of its head a second", serve: drip("HTTP/1.1 200 OK\r\nX-A: ", "a"), ...late },
  {
    name: "drips a byte of its body a second",
    serve: drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", " "),
    ...late
  },
  {
    name: "sends interim answers without end",
    serve: drip("HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n"),
    ...late
  },
  { name: "resets before the head", serve: ({ socket }) => void socket.resetAndDestroy(), ...broken },
  { name: "resets in the head", serve: then("HTTP/1.1 200 OK\r\nContent-", "resetAndDestroy"), ...broken },
  { name: "resets in the body", serve: then(ok.subarray(0, -100), "resetAndDestroy"), ...broken },
  { name: "ends before the head", serve: ({ socket }) => void socket.end(), ...broken },
  {
    name: "says more bytes than it sends",
    serve: then(response("200 OK", body, { "Content-Length": "100000" }), "end"),
    ...broken
  },
  {
    name: "says fewer bytes than it sends",
    serve: then(response("200 OK", body, { "Content-Length": "100" }), "end"),
    ...malformed
  },
  { name: "says two lengths", serve: always(response("200 OK", body, { "content-length": "7" })), ...broken },
  {
    name: "says a length that is none",
    serve: always(response("200 OK", body, { "Content-Length": "-1" })),
    ...broken
  },
  {
    name: "says a length and sends chunks",
    serve: always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    ...broken
  },
  {
    name: "ends its chunks early",
    serve: then(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{"backup":`, "end"),
    ...broken
  },
  {
    name: "ends its chunks early under Connection: close",
    serve: then(`HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{"backup":`, "end"),
    ...broken
  },
  {
    name: "sends a chunk size that is none",
    serve: always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
    ...broken
  },
  { name: "sends a head of a megabyte", serve: flood("HTTP/1.1 200 OK\r\nX-A: ", mebibyte, 1), ...broken },
  { name: "speaks no HTTP", serve: then("SSH-2.0-OpenSSH_9.6\r\n", "end"), ...broken },
  {
    name: "cuts gzip inside a whole framing",
    serve: always(response("200 OK", gzipSync(body).subarray(0, 100), { "Content-Encoding": "gzip" })),
    ...malformed
  },
  {
    name: "sends 100 MB",
    serve: flood("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n", mebibyte, 100),
    ends: "ResponseTooLarge",
    requests: 1,
    deadline: 6000
  },
  {
    name: "sends 100 MB in an error",
    serve: flood("HTTP/1.1 404 Not Found\r\nContent-Length: 104857600\r\n\r\n", mebibyte, 100),
    ends: "BackupNotFound",
    requests: 1
  },
  {
    name: "sends HTML with 200",
    serve: always(response("200 OK", "<!DOCTYPE html><title>Sign in</title>", { "Content-Type": "text/html" })),
    ...malformed
  },
  { name: "sends an empty 200", serve: always(response("200 OK")), ...malformed },
  {
    name: "sends a 204",
    serve: always("HTTP/1.1 204 No Content\r\n\r\n"),
    ends: "OtherStatus",
    says: { status_code: 204 },
    requests: 1
  },
  {
    name: "sends invalid UTF-8",
    serve: always(response("200 OK", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))),
    ...malformed
  },
  {
    name: "sends 10,000 nested children",
    serve: always(response("200 OK", nested)),
    ends: "MalformedResponse",
    requests: 1,
    says: { status_code: 200 }
  },
  {
    name: "sends JSON that is no backup",
    serve: always(response("200 OK", `{"backups":[]}`)),
    ends: "MalformedResponse",
    requests: 1,
    says: { status_code: 200 }
  },
  {
    name: "cuts its body inside a whole framing, once",
    serve: ({ nth, socket }) => void socket.write(nth === 0 ? response("200 OK", body.slice(0, -100)) : ok),
    ends: "Success",
    requests: 2
  },
  {
    name: "redirects (301) to another origin",
    serve: redirects("301 Moved Permanently"),
    ends: "OtherStatus",
    says: { status_code: 301 },
    requests: 1
  },
  {
    name: "redirects (307) to another origin",
    serve: redirects("307 Temporary Redirect"),
    ends: "OtherStatus",
    says: { status_code: 307 },
    requests: 1
  },
  { name: "429, Retry-After in seconds", serve: throttles(() => "1"), ends: "Success", requests: 2, atLeast: 1000 },
  {
    name: "429, Retry-After as a date",
    serve: throttles(() => new Date(Date.now() + 2000).toUTCString()),
    ends: "Success",
    requests: 2,
    atLeast: 900,
    deadline: 3000
  },
  { name: "429, Retry-After: nonsense", serve: throttles(() => "in a while"), ends: "Success", requests: 2 },
  {
    name: "429, Retry-After: one hour",
    serve: throttles(() => "3600"),
    ends: "RateLimited",
    says: { retry_after: 3600 },
    requests: 1,
    within: 500
  },
  {
    name: "429, Retry-After beyond the call timeout",
    serve: throttles(() => "3"),
    ends: "TimedOut",
    says: { limit: "call", status_code: 429, retry_after: 3 },
    requests: 1,
    within: 500,
    deadline: 2000
  },
  {
    name: "503 until the third try",
    serve: ({ nth, socket }) => void socket.write(nth < 2 ? response("503 Service Unavailable") : ok),
    ends: "Success",
    requests: 3
  },
  { name: "503 for ever", serve: always(response("503 Service Unavailable")), ends: "ServiceUnavailable", requests: 3 },
  { name: "has a wrong certificate", serve: "tls", ends: "ConnectionFailed", says: { reason: "Tls" }, requests: 1 },
  {
    name: "closes a kept-alive socket just as it is used again",
    serve: ({ nthOfSocket, socket }) => void (nthOfSocket === 0 ? socket.write(ok) : socket.destroy()),
    ends: "Success",
    requests: 3,
    calls: 2
  },
  { name: "401 that quotes the request", serve: quotes("401 Unauthorized"), ends: "AuthenticationFailed", requests: 1 },
  {
    name: "503 that quotes the request",
    serve: quotes("503 Service Unavailable"),
    ends: "AuthenticationFailed",
    requests: 1
  },
  {
    name: "401 that hangs in its body",
    serve: always("HTTP/1.1 401 Unauthorized\r\nContent-Length: 1000\r\n\r\n"),
    ends: "AuthenticationFailed",
    requests: 1,
    within: 1200
  },
  {
    name: "401 that resets in its body",
    serve: then("HTTP/1.1 401 Unauthorized\r\nContent-Length: 1000\r\n\r\n{", "resetAndDestroy"),
    ends: "AuthenticationFailed",
    requests: 1
  },
  { name: "answers well, then ends the connection", serve: then(ok, "end"), ends: "Success", requests: 1 }
]
