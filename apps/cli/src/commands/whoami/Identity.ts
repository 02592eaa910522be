import type { Addresses, Credential, CallerIdentity, ShowBackupError } from "@cbr/client"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { mayShow } from "../../calls/CallTarget.ts"
import { ClientPool } from "../../calls/ClientPool.ts"
import type { CallSettings } from "../../calls/SettingResolution.ts"
import type { Messages } from "../../messages/Messages.ts"
import { texts } from "./texts.ts"

/** The user and the account from IAM or STS, or why they are unknown. */
export const identityRows = Effect.fnUntraced(function* (
  settings: CallSettings,
  addresses: Addresses | undefined,
  { _tag }: Credential,
  messages: Messages
) {
  const words = messages.pick(texts)
  const found =
    addresses === undefined ? Result.succeed(undefined) : yield* Effect.result(fetchIdentity(settings, addresses))
  if (Result.isFailure(found) || found.success === undefined) {
    const text = Result.isFailure(found) ? messages.detail(found.failure.detail) : words.identityUntold[_tag]
    return { user: undefined, account: undefined, userText: text, accountText: words.untold }
  }
  const { account_id, account_name, principal_id, principal_urn, user_name } = found.success
  const named = (name: string | undefined, id: string | undefined) =>
    name === undefined ? (id ?? words.untold) : id === undefined ? name : name + messages.aside(id)
  return {
    user: { name: user_name ?? null, id: principal_id ?? null, urn: principal_urn ?? null },
    account: { name: account_name ?? null, id: account_id },
    userText: named(user_name ?? principal_urn, principal_id),
    accountText: named(account_name, account_id)
  }
})

/** Asks IAM or STS for the owner of the credential; undefined if the credential must not be shown there. */
const fetchIdentity = Effect.fnUntraced(function* (
  settings: CallSettings,
  addresses: Addresses
): Effect.fn.Return<CallerIdentity.CallerIdentity | undefined, ShowBackupError, ClientPool> {
  const connections = yield* ClientPool
  const credential = yield* Effect.flatMap(connections.credentials(addresses), ({ current }) => current)
  return mayShow(credential, addresses) ? yield* connections.identity(addresses, settings) : undefined
})
