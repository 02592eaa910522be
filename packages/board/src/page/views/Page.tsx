import { useEffect, useRef } from "preact/hooks"
import { language, words } from "../Language.ts"
import { route, show } from "../Location.ts"
import { href, wholeFleet } from "../Route.ts"
import { session, signOut } from "../Session.ts"
import { BackupView } from "./BackupView.tsx"
import { DiffView } from "./DiffView.tsx"
import { FleetView } from "./FleetView.tsx"
import { NoticeList } from "./NoticeList.tsx"
import { ResourceView } from "./ResourceView.tsx"
import { SignInView } from "./SignInView.tsx"
import { StartView } from "./StartView.tsx"

/** The frame of all views. */
export const Page = () => {
  const { nav, otherLanguage, signIn, title } = words.value
  const main = useRef<HTMLElement>(null)
  const at = route.value
  const place = at.view === "start" ? "" : `${at.view}/${at.project}`
  // A new view is read from its beginning, by eye and by ear.
  useEffect(() => {
    main.current?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [place, session.value === undefined])
  return (
    <>
      <header class="top">
        <a
          class="skip"
          href={href(at)}
          onClick={(event) => {
            event.preventDefault()
            main.current?.focus()
          }}
        >
          {nav.skip}
        </a>
        <a class="home" href={href({ view: "start" })}>
          {title}
        </a>
        <ProjectChoice />
        <span class="grow" />
        <button
          type="button"
          class="plain"
          lang={language.value === "zh" ? "en" : "zh-CN"}
          onClick={() => {
            language.value = language.value === "zh" ? "en" : "zh"
          }}
        >
          {otherLanguage}
        </button>
        {session.value === undefined ? null : (
          <button type="button" class="plain" onClick={signOut}>
            {signIn.signOut}
          </button>
        )}
      </header>
      <main ref={main} tabIndex={-1}>
        {session.value === undefined ? <SignInView /> : <View />}
      </main>
      {session.value === undefined ? null : <NoticeList />}
    </>
  )
}

const View = () => {
  const opened = session.value
  const at = route.value
  if (opened === undefined) return null
  if (at.view === "start") return <StartView session={opened} />
  // A gateway without a configuration names no project, and serves whichever is asked for.
  if (opened.projects.length > 0 && !opened.projects.some(({ id }) => id === at.project)) {
    return <p role="alert">{words.value.projects.unknown}</p>
  }
  switch (at.view) {
    case "fleet":
      return <FleetView key={at.project} session={opened} at={at} />
    case "resource":
      return <ResourceView key={`${at.project}/${at.resource}`} session={opened} at={at} />
    case "backup":
      return <BackupView key={`${at.project}/${at.backup}`} session={opened} at={at} />
    case "diff":
      return <DiffView key={`${at.project}/${at.before}/${at.after}`} session={opened} at={at} />
  }
}

/** With more than one project: the one that is looked at, to be changed. */
const ProjectChoice = () => {
  const opened = session.value
  const at = route.value
  if (opened === undefined || at.view === "start" || opened.projects.length < 2) return null
  return (
    <select
      aria-label={words.value.projects.label}
      value={at.project}
      onChange={({ currentTarget }) => show({ view: "fleet", project: currentTarget.value, ...wholeFleet })}
    >
      {opened.projects.map(({ id, name }) => (
        <option key={id} value={id}>
          {`${name} · ${id}`}
        </option>
      ))}
    </select>
  )
}
