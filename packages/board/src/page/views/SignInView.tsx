import { useSignal } from "@preact/signals"
import { useRef } from "preact/hooks"
import type { Fault } from "../Fault.ts"
import { words } from "../Language.ts"
import { signIn } from "../Session.ts"

/** Asks for a key or a JWT, and says when it is a wrong one. */
export const SignInView = () => {
  const field = useRef<HTMLInputElement>(null)
  const problem = useSignal<Fault | "empty" | undefined>(undefined)
  const isBusy = useSignal(false)
  const { faults, signIn: own } = words.value
  const submit = async () => {
    const credential = field.current?.value.trim() ?? ""
    if (isBusy.value) return
    // A key has only characters that a header can carry.
    if (!/^[\x21-\x7e]+$/.test(credential)) {
      problem.value = "empty"
      field.current?.focus()
      return
    }
    isBusy.value = true
    problem.value = await signIn(credential)
    isBusy.value = false
    field.current?.focus()
  }
  return (
    <form
      class="sign-in"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <h1>{own.heading}</h1>
      <p>{own.lead}</p>
      <label for="credential">{own.label}</label>
      <input
        id="credential"
        ref={field}
        type="password"
        autocomplete="off"
        spellcheck={false}
        aria-describedby="credential-hint credential-problem"
        aria-invalid={problem.value !== undefined}
      />
      <p id="credential-hint" class="quiet">
        {own.hint}
      </p>
      <p id="credential-problem" class="problem" role="alert">
        {problem.value === undefined
          ? ""
          : problem.value === "empty"
            ? own.empty
            : problem.value.kind === "refused"
              ? own.wrong
              : faults[problem.value.kind]}
      </p>
      <button type="submit" class="main" aria-disabled={isBusy.value}>
        {isBusy.value ? own.busy : own.submit}
      </button>
    </form>
  )
}
