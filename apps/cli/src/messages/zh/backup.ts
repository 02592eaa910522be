import type { Messages } from "../Messages.ts"

/** 备份的用语。 */
export const backup: Messages["backup"] = {
  labels: {
    backup: "备份",
    id: "ID",
    status: "状态",
    description: "描述",
    resource: "资源",
    kind: "类别",
    created: "创建时间",
    protected: "备份时间",
    updated: "更新时间",
    expires: "过期时间",
    restore: "恢复方式",
    encrypted: "加密",
    images: "镜像",
    vault: "存储库",
    project: "项目",
    parent: "所属备份",
    children: "子备份",
    replications: "复制"
  },
  absent: "未说明",
  restoreUnsaid: "未说明；API 文档的默认值为 na",
  list: { verdict: "结论", age: "时长", future: "在将来", time: "时间", id: "ID", resource: "资源", why: "原因" },
  undocumented: "文档未列的取值",
  yes: "是",
  no: "否",
  past: "已过期",
  size: (gigabytes) => `${gigabytes} GB`,
  zone: (name) => `可用区 ${name}`,
  enterpriseProject: (id) => `企业项目 ${id}`,
  incremental: "增量",
  full: "全量",
  scheduled: "自动生成",
  byHand: "手动生成",
  systemDisk: "系统盘",
  withSystemDisk: "包含系统盘",
  lazyLoading: "支持快速恢复",
  multiAz: "多 AZ",
  encryptedChild: "加密"
}
