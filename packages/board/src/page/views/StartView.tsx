import { useEffect } from "preact/hooks"
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
  const { heading, none } = words.value.projects
  return (
    <>
      <h1>{heading}</h1>
      {only === undefined ? <p>{none}</p> : null}
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
