import type { CredentialDetails, SecretFault, SecretName, SecretPlace, Sentences } from "@cbr/client"
import { placeName } from "../credentialPlaces.ts"

const noneOf = (variables: ReadonlyArray<ReadonlyArray<string>>): string =>
  `均未设置：${variables.map((together) => together.join(" 与 ")).join("、")}`

const secrets: Readonly<Record<SecretName, string>> = {
  token: "Token ",
  "access-key-id": "访问密钥 ID ",
  "secret-access-key": "秘密访问密钥",
  "security-token": "Security Token ",
  password: "密码"
}

const secretFaults: Readonly<Record<SecretFault, (character: string) => string>> = {
  quoted: () => "两端有引号：请去掉引号",
  "utf-16": () => "含有零字节，像是 UTF-16 文本：请存为 UTF-8",
  invisible: (character) => `含有不可见字符 ${character}：请去掉它后重新填写`,
  other: () => "含有空格、换行或密钥与 Token 不会有的其他字符"
}

const secretAt = ({ file, profile, setting }: SecretPlace): string => {
  const of = profile === undefined ? file : `配置 ${profile}`
  return of === undefined ? `${setting} ` : `${of} 的 ${setting} `
}

const bare = ({ file, profile }: CredentialDetails["profile-without-credential"]): string =>
  `${file} 中的配置 ${profile} 没有 Token、密钥和密码`

/** 为何没有凭证，或没有可以发送的凭证。 */
export const credentials: Sentences<CredentialDetails> = {
  "no-credentials": ({ searched }, say) =>
    `没有凭证：${searched.map(({ place, reason }) => `${placeName(place)}：${say(reason)}`).join("；")}`,
  "none-set": ({ unread = [], variables }) =>
    noneOf(variables) + (unread.length === 0 ? "" : `；已设置 ${unread.join("、")}，但不予读取`),
  "agency-not-assumed": ({ agency, ak }) =>
    `HW_ASSUME_ROLE_AGENCY_NAME 指定了 ${agency}，但不予读取：${ak} 的密钥以其自身权限使用；请在配置中指定该委托`,
  "no-credentials-in-environment": ({ variables }) => `环境中没有凭证：${noneOf(variables)}`,
  "neither-set": ({ variables: [one, other] }) => `${one} 和 ${other} 均未设置`,
  "half-set": ({ missing, set }) => `已设置 ${set}，但未设置 ${missing}`,
  "password-half-set": ({ missing, needed: [user, password, domain] }) =>
    `用密码获取 Token 需要 ${user}、${password} 和 ${domain}；${missing} 未设置`,
  "switched-off": ({ variable }) => `已由 ${variable} 关闭`,
  "no-key-or-token": () => "既没有给出访问密钥（ak 与 sk），也没有给出 Token",
  "profile-without-credential": bare,
  "no-credential-for-agency": (facts) => `${bare(facts)}，因此无法使用其委托`,
  "profile-incomplete": ({ file, missing, needed, profile }) =>
    `${file} 中的配置 ${profile} 须同时有 ${needed.join("、")}；缺少 ${missing.join(" 和 ")}`,
  "no-such-profile": ({ file, profile, profiles }) =>
    `${file} 中没有配置 ${JSON.stringify(profile)}；${
      profiles.length === 0 ? "其中尚无任何配置" : `其中有 ${profiles.join("、")}`
    }`,
  "no-cloud-named": ({ file }) => (file === undefined ? "未设置 OS_CLOUD" : `有 ${file}，但 OS_CLOUD 没有指定其中的云`),
  "clouds-not-read": () => "已设置 OS_CLOUD，但只有在 Node 中才读取 clouds.yaml",
  "no-such-cloud": ({ cloud, clouds, file }) =>
    file === undefined
      ? `OS_CLOUD 指定了 ${JSON.stringify(cloud)}，但当前目录、~/.config/openstack 和 /etc/openstack 中都没有 clouds.yaml`
      : `${file} 中没有云 ${JSON.stringify(cloud)}；${clouds.length === 0 ? "其中尚无任何云" : `其中有 ${clouds.join("、")}`}`,
  "cloud-incomplete": ({ cloud, file, missing }) =>
    `${file} 中的云 ${cloud} 没有 Token 和访问密钥，密码也不完整：缺少 ${missing}`,
  "cloud-auth-unread": ({ auth_type, cloud, file }) =>
    `${file} 中的云 ${cloud} 的 auth_type 为 ${auth_type}，不予读取：请用 password 或 token`,
  "profile-without-file": ({ by, file, profile }) =>
    `${by} 指定了 ${JSON.stringify(profile)}，但没有${file === undefined ? "可放 profiles.json 的目录" : ` ${file}`}`,
  "iam-address-needed": ({ by }) =>
    `${by === "agency" ? "委托" : "联邦认证"}需要 IAM 的地址（CBR_IAM_ENDPOINT 或区域）`,
  "iam-and-project-needed": () => "Token 需要 IAM 的地址（CBR_IAM_ENDPOINT 或区域）和项目（ID、名称或区域）",
  "secret-empty": ({ secret }) => `${secrets[secret]}为空`,
  "secret-unsendable": ({ at, character = "", fault, secret }) =>
    `${at === undefined ? secrets[secret] : secretAt(at)}${secretFaults[fault](character)}`,
  "key-held-back": ({ refusal, seconds }, say) =>
    `该密钥已被拒绝，为免锁定，${seconds} 秒内不再发送；拒绝的原因：${say(refusal)}`,
  "credential-held-back": ({ refusal, seconds }, say) =>
    `该凭证已被拒绝，${seconds} 秒内不再使用；拒绝的原因：${say(refusal)}`,
  "not-asked-again": ({ refusal, seconds }, say) => `${say(refusal)}（${seconds} 秒内不再询问）`
}
