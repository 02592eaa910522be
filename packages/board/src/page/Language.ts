import type { Language } from "@cbr/domain"
import { computed, signal } from "@preact/signals"
import { en } from "./words/en.ts"
import type { Words } from "./words/Words.ts"
import { zh } from "./words/zh.ts"

const preferred = (): Language => (navigator.languages.some((tag) => tag.startsWith("zh")) ? "zh" : "en")

/** The language of the page: the browser's, until the reader chooses the other. */
export const language = signal<Language>(preferred())

/** The words of the page. */
export const words = computed((): Words => (language.value === "zh" ? zh : en))
