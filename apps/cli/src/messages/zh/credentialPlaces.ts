import type { CredentialPlace } from "@cbr/client"

const places: Readonly<Record<CredentialPlace, string>> = {
  environment: "环境变量",
  "environment, by password": "环境变量（密码）",
  "clouds.yaml": "clouds.yaml",
  federation: "联邦认证",
  profile: "配置",
  "the SDKs' file": "SDK 的文件",
  KooCLI: "KooCLI",
  "pod identity": "Pod 身份",
  "ECS metadata": "ECS 元数据"
}

/** 凭证所在之处的名称；他人自定的名称保持不变。 */
export const placeName = (place: string): string =>
  Object.hasOwn(places, place) ? places[place as CredentialPlace] : place
