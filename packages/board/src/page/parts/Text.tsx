import { escapeInvisible } from "../escapeInvisible.ts"

/** A text of the service, whatever stands in it. */
export const Text = ({ of }: { readonly of: string }) => <bdi>{escapeInvisible(of)}</bdi>
