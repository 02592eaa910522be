import type { ShowBackupResponse } from "@cbr/domain"
import type { MonitorLink } from "../events/EventSource.ts"

/** The stream of a backup's events, or of a project's, that an answer offers. */
export interface EventStreamOffer extends MonitorLink {
  readonly project_id: string
}

/** The key under which a response holds its offer. A symbol stands in no JSON of it. */
const offer = Symbol("events")

/** Adds the offer of an answer to the response that was read from it. */
export const withOffer = (response: ShowBackupResponse, offered: EventStreamOffer): ShowBackupResponse =>
  Object.defineProperty(response, offer, { value: offered })

export const offerOf = (
  response: ShowBackupResponse & { readonly [offer]?: EventStreamOffer }
): EventStreamOffer | undefined => response[offer]
