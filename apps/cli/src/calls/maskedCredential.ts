import type { ProfileFile } from "@cbr/client"

/** Names the credential of a profile without its secret. */
export const maskedCredential = (profile: ProfileFile.Profile): string | undefined => {
  const own = ownCredentialOf(profile)
  if (profile.agency === undefined) return own
  return [...(own === undefined ? [] : [own]), `agency ${profile.agency}`].join(", ")
}

const ownCredentialOf = ({ ak, token, user }: ProfileFile.Profile): string | undefined => {
  if (token !== undefined) return "token ***"
  if (ak !== undefined) return `AK ${ak.slice(0, 4)}***`
  return user === undefined ? undefined : `user ${user}`
}
