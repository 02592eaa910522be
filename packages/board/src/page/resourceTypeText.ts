import { ResourceType } from "@cbr/domain"
import { language } from "./Language.ts"

/** The name of a type for people. */
export const resourceTypeText = (type: string | undefined): string =>
  type === undefined ? "" : ResourceType.isDocumented(type) ? ResourceType.meanings[type][language.value] : type
