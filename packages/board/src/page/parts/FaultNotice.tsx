import type { Fault } from "../Fault.ts"
import { words } from "../Language.ts"
import { signOut } from "../Session.ts"
import { Text } from "./Text.tsx"

/** A notice of a fault, and of the reader's next step. */
export const FaultNotice = ({ again, fault }: { readonly fault: Fault; readonly again?: () => void }) => {
  const { again: label, faults, signIn } = words.value
  return (
    <div class="fault" role="alert">
      <p>{faults[fault.kind]}</p>
      {fault.detail === undefined ? null : (
        <p class="quiet" lang="en">
          <Text of={fault.detail} />
        </p>
      )}
      {fault.kind === "refused" ? (
        <button type="button" onClick={signOut}>
          {signIn.heading}
        </button>
      ) : again === undefined ? null : (
        <button type="button" onClick={again}>
          {label}
        </button>
      )}
    </div>
  )
}
