import { useEffect, useRef } from "preact/hooks"
import { words } from "../Language.ts"
import { show } from "../Location.ts"
import { href, wholeFleet } from "../Route.ts"
import type { Session } from "../Session.ts"

/** The projects of the caller; with one alone its fleet is shown at once. */
export const StartView = ({ session: { projects } }: { readonly session: Session }) => {
  const [only, ...others] = projects
  useEffect(() => {
    if (only !== undefined && others.length === 0) show({ view: "fleet", project: only.id, ...wholeFleet }, "replace")
  }, [only?.id, others.length])
  const { heading } = words.value.projects
  return (
    <>
      <h1>{heading}</h1>
      {only === undefined ? <ProjectForm /> : null}
      <ul class="projects">
        {projects.map(({ id, name }) => (
          <li key={id}>
            <a href={href({ view: "fleet", project: id, ...wholeFleet })}>
              <strong>{name}</strong> <code>{id}</code>
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

/** Asks for a project, where the gateway names none. */
const ProjectForm = () => {
  const field = useRef<HTMLInputElement>(null)
  const { label, none, submit } = words.value.projects
  return (
    <form
      class="sign-in"
      onSubmit={(event) => {
        event.preventDefault()
        const project = field.current?.value.trim() ?? ""
        if (project !== "") show({ view: "fleet", project, ...wholeFleet })
      }}
    >
      <p id="project-hint">{none}</p>
      <label for="project">{label}</label>
      <input id="project" ref={field} spellcheck={false} autocomplete="off" aria-describedby="project-hint" />
      <button type="submit" class="main">
        {submit}
      </button>
    </form>
  )
}
