import { effect } from "@preact/signals"
import { render } from "preact"
import { language, words } from "./Language.ts"
import { Page } from "./views/Page.tsx"

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en"
  document.title = words.value.title
})

const root = document.getElementById("board")
if (root !== null) render(<Page />, root)
