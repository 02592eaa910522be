import type { FileDetails, FileFault, Sentences } from "@cbr/client"

const holders = { "id-token": "ID Token 文件 ", "pod-token": "Pod 的 Token 文件 " }

const named = ({ file, holds }: FileDetails["file-not-text"]): string =>
  holds === undefined ? file : holders[holds] + file

const types = { string: "字符串", object: "对象" }

const faultText = ({ expected = "string", fault, path }: FileFault): string => {
  const place = path.length === 0 ? "" : `${path.map((key) => `[${JSON.stringify(key)}]`).join("")} `
  switch (fault) {
    case "missing":
      return `缺少 ${place}`.trim()
    case "unexpected":
      return `${place}不应出现`
    case "wrong":
      return `${place}应为${types[expected]}`
  }
}

/** 文件有何问题。 */
export const files: Sentences<FileDetails> = {
  "no-home-folder": () => "没有主目录",
  "no-file": ({ file }) => `没有 ${file}`,
  "no-default-profile": ({ file }) => `没有 ${file}，或其中没有默认的配置`,
  "file-of-koocli": ({ file }) => `${file} 是为 KooCLI 单独加密的，不予读取`,
  "file-unreadable": ({ reason, ...of }) => `${named(of)} 无法读取（${reason}）`,
  "file-not-text": (of) => `${named(of)} 既不是 UTF-8 文本，也不是 UTF-16 文本`,
  "file-empty": (of) => `${named(of)} 为空`,
  "not-yaml": ({ file }) => `${file} 不是 YAML`,
  "not-json": ({ file }) => `${file} 不是 JSON`,
  "not-a-regular-file": ({ file }) => `${file} 不是普通文件`,
  "file-not-as-expected": ({ faults, file }) => `${file} 的内容不符合要求：${faults.map(faultText).join("；")}`,
  "file-open-to-change": ({ file, mode }) => `任何人都可以修改 ${file}（${mode}），因此不采用：请执行 chmod 600`,
  "file-open-to-read": ({ file, mode }) => `${file} 含有机密，却对他人开放（${mode}）：请执行 chmod 600`,
  "file-of-another-user": ({ file, uid }) => `${file} 属于其他用户（uid ${uid}），因此不采用：请执行 chown，或将其移走`,
  "file-lent-by-user": ({ file, uid }) => `${file} 属于可以修改它的其他用户（uid ${uid}）：请执行 chown`,
  "no-basic-section": ({ file }) => `${file} 中没有 [basic] 一节`,
  "basic-section-empty": ({ file }) => `${file} 的 [basic] 中既没有 ak 与 sk，也没有 idp_id 与 id_token_file`,
  "basic-section-half": ({ file, missing, set }) => `${file} 的 [basic] 中有 ${set}，但没有 ${missing}`,
  "not-a-regions-file": ({ file }) => `${file} 不是由服务组成的 YAML，每个服务为 id 和 endpoint 的列表`,
  "authorities-unusable": ({ file, reason }, say) => `证书颁发机构文件 ${file} 无法使用：${say(reason)}`,
  "no-such-file": () => "没有这个文件",
  "file-not-open": () => "当前用户无权读取它",
  "file-is-folder": () => "它是文件夹",
  "certificate-in-der": ({ file }) =>
    `它是 DER 格式的证书；请转换为 PEM：openssl x509 -inform der -in ${file} -out ${file}.pem`,
  "no-certificate-in-file": () => "其中没有 PEM 证书"
}
