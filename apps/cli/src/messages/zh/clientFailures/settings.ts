import { type AddressFault, type AddressSetting, nearestName, type Sentences, type SettingDetails } from "@cbr/client"
import { BackupStatus, idForms, ImageType, listBackupsParameters, ResourceType } from "@cbr/domain"

const suggestion = (nearest: ReadonlyArray<string>): string =>
  nearest.length === 0 ? "" : `；您是否要用 ${nearest.join(" 或 ")}？`

const faults: Readonly<Record<AddressFault, string>> = {
  "no-url": "它不是 URL",
  "no-http": "它不以 https:// 或 http:// 开头",
  "with-user": "它含有用户名或密码",
  "with-path": "它含有路径",
  "with-query": "它含有查询或片段"
}

const addresses: Readonly<Record<AddressSetting, string>> = {
  endpoint: "终端节点",
  "iam-endpoint": "IAM 终端节点",
  "sts-endpoint": "STS 终端节点"
}

const proxyFaults = {
  "no-address": "HTTPS 代理须为 http://proxy.example:3128 这样的地址；其值可能含有密码，故不显示",
  "with-path": "HTTPS 代理须为不带路径的地址；其密码中的斜杠、问号、井号和 @ 须写作 %2F、%3F、%23 和 %40",
  "lone-percent": "HTTPS 代理的用户名或密码中有一个表示自身的 %：须写作 %25"
}

/** 列表参数的可用值，以 API 文档列出者为限。 */
const parameterValues: Readonly<Record<string, ReadonlyArray<string>>> = {
  status: BackupStatus.members,
  resource_type: ResourceType.members,
  image_type: ImageType.members
}

/** 不可能正确的设置或参数。 */
export const settings: Sentences<SettingDetails> = {
  "no-endpoint": ({ of }) =>
    of === undefined
      ? "没有终端节点：区域（CBR_REGION）和地址（CBR_ENDPOINT）均未设置"
      : "没有终端节点：region 和 endpoint 均未给出",
  "not-a-region": ({ nearest, region }) =>
    `${JSON.stringify(region)} 不是 cn-north-4 这样的区域 ID${suggestion(nearest)}`,
  "region-without-cbr": ({ nearest, region }) => {
    const near = suggestion(nearest)
    return `${region} 不是已知提供 CBR 的区域${near}${near === "" ? "；" : ""}若确有 CBR，请给出其地址（CBR_ENDPOINT）`
  },
  "project-of-other-region": ({ project, region }) =>
    `项目 ${project} 不属于区域 ${region}：请给出 ${region} 的项目名称，或项目 ID`,
  "signing-unsupported": ({ algorithm }) =>
    `不支持 ${JSON.stringify(algorithm)}：请用 SDK-HMAC-SHA256 或 V11-HMAC-SHA256 签名`,
  "signing-needs-region": () => "V11-HMAC-SHA256 需要区域（CBR_REGION），因为要对其签名",
  "not-an-address": ({ fault, setting }) =>
    `${addresses[setting]}须为 https://cbr.cn-north-4.myhuaweicloud.com 这样的地址，但${faults[fault]}`,
  "not-an-iam-address": ({ file, profile, setting }) => {
    const of = profile === undefined ? (file === undefined ? "" : `${file} 的 `) : `配置 ${profile} 的 `
    return `${of}${setting} 不是 https://iam.example/v3 这样的地址`
  },
  "not-http": ({ variable }) => `${variable} 不是 http 或 https 地址`,
  "undici-missing": () =>
    "此处的 undici 不能发送请求（如在 Bun 中）：请使用 @cbr/client/node 的 layerNodeHttp，或 FetchHttpClient.layer",
  "https-proxy-unusable": ({ fault }) => proxyFaults[fault],
  "project-needs-iam": () => "项目 ID 经由 IAM 查找：请给出其地址（CBR_IAM_ENDPOINT）、区域或项目 ID",
  "project-needs-region": () => "项目 ID 按区域查找：请给出区域（CBR_REGION）",
  "no-one-project": ({ count, name, projects }) => {
    const there = projects.map((project) => `${project.id}（${project.name}）`).join("、")
    return `名为 ${JSON.stringify(name)} 的有 ${count} 个项目；请给出项目 ID${there === "" ? "" : `，可用的有 ${there}`}`
  },
  "list-parameters-malformed": ({ parameters }) =>
    parameters
      .map(({ name, value }) => {
        if (name === "project_id" || listBackupsParameters.includes(name)) {
          const members = parameterValues[name]
          return `API 文档不允许 ${name} 取值 ${value}${members === undefined ? "" : `（可用的有 ${members.join("、")}）`}`
        }
        const near = nearestName(name, listBackupsParameters)
        return `列表没有筛选条件 ${name}${suggestion(near === undefined ? [] : [near])}`
      })
      .join("；"),
  "resource-missing": () => "没有指明服务器或磁盘：请给出 resource_id 或 resource_name",
  "several-resources": ({ name, resources }) =>
    `有 ${resources.length} 个资源名为 ${JSON.stringify(name)}：${resources
      .map(({ created_at, id, newest }) =>
        newest === undefined
          ? id
          : `${id}（最新备份 ${newest}${created_at === undefined ? "" : `，创建于 ${created_at}`}）`
      )
      .join("、")}`,
  "project-missing": () => "缺少项目 ID：请为客户端或该次调用给出选项 projectId",
  "ids-malformed": ({ fields }) => fields.map((field) => `${field}：应为${idForms[field].zh}`).join("；"),
  "not-a-time": ({ option }) => `${option} 须为大于零的时间`,
  "not-of-type": ({ option, type }) => `${option} 须为 ${type}`,
  "not-milliseconds": ({ option }) => `${option} 须为大于 0 的毫秒数`,
  "not-a-count": ({ least, option }) => `${option} 须为不小于 ${least} 的整数`,
  "not-an-amount": ({ option }) => `${option} 须为不小于 0 的数`,
  "negative-time": ({ option }) => `${option} 须为时间，或为零：Duration.zero`
}
