/** Options of a request beside the credential. */
interface FetchOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Asks the gateway for a path of its own, with the credential of a session. */
export type GatewayFetch = (path: string, init?: FetchOptions) => Promise<Response>
