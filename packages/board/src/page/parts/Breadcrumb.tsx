import { words } from "../Language.ts"
import { href, wholeFleet } from "../Route.ts"
import { Text } from "./Text.tsx"

/** The way back: the fleet, the resource, and what is looked at. */
export const Breadcrumb = ({
  here,
  project,
  resource
}: {
  readonly project: string
  readonly resource?: { readonly id: string; readonly name: string }
  readonly here: string
}) => (
  <nav class="trail" aria-label={words.value.nav.path}>
    <ol>
      <li>
        <a href={href({ view: "fleet", project, ...wholeFleet })}>{words.value.nav.fleet}</a>
      </li>
      {resource === undefined ? null : (
        <li>
          <a href={href({ view: "resource", project, resource: resource.id })}>
            <Text of={resource.name} />
          </a>
        </li>
      )}
      <li aria-current="page">
        <Text of={here} />
      </li>
    </ol>
  </nav>
)
