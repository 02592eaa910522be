import { inert } from "../Inert.ts"

/** A text of the service, whatever stands in it. */
export const Text = ({ of }: { readonly of: string }) => <bdi>{inert(of)}</bdi>
