/** What a request may have beside the credential. */
interface AskInit {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Asks the gateway for a path of its own, with the credential of a session. */
export type Ask = (path: string, init?: AskInit) => Promise<Response>
