/** The failure of a request to the gateway. */
export interface Fault {
  readonly _tag: "Fault"
  readonly kind: "unreachable" | "refused" | "forbidden" | "missing" | "throttled" | "failed" | "unreadable"
  /** The gateway's own words, where it said any. */
  readonly detail: string | undefined
}

/** A successful result. */
export interface Given<A> {
  readonly _tag: "Given"
  readonly value: A
}

export type Outcome<A> = Given<A> | Fault

const given = <A>(value: A): Given<A> => ({ _tag: "Given", value })

export const fault = (kind: Fault["kind"], detail?: string): Fault => ({ _tag: "Fault", kind, detail })

const kinds: ReadonlyMap<number, Fault["kind"]> = new Map([
  [401, "refused"],
  [403, "forbidden"],
  [404, "missing"],
  [429, "throttled"]
])

/** The fault that an answer stands for. */
export const faultOf = async (response: Response): Promise<Fault> => {
  const kind = kinds.get(response.status) ?? "failed"
  try {
    const { detail } = (await response.json()) as { readonly detail?: unknown }
    return fault(kind, typeof detail === "string" ? detail : undefined)
  } catch {
    return fault(kind)
  }
}

/** Asks, and reads what comes with 200. */
export const resultOf = async <A>(
  request: Promise<Response>,
  read: (response: Response) => Promise<A>
): Promise<Outcome<A>> => {
  let response: Response
  try {
    response = await request
  } catch {
    return fault("unreachable")
  }
  if (!response.ok) return faultOf(response)
  try {
    return given(await read(response))
  } catch {
    return fault("unreadable")
  }
}
