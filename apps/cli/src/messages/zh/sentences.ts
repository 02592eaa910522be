/**
 * What the core says in English, and how Chinese has it. `{1}`, `{2}` stand for
 * what it is said of, which stays; `{1*}` is itself such a sentence.
 */
export const sentences: ReadonlyArray<readonly [en: string, zh: string]> = [
  // 连接与时限
  ["the name {1} could not be found in DNS", "DNS 中找不到主机名 {1}"],
  ["no connection to {1}", "无法连接 {1}"],
  ["the certificate of {1} is not trusted, or TLS failed", "{1} 的证书不受信任，或 TLS 失败"],
  ["{1} does not speak TLS", "{1} 不使用 TLS"],
  ["the connection to {1} broke before the answer was complete", "到 {1} 的连接在响应完整之前中断"],
  ["the proxy on the way opened no connection to {1}", "途中的代理未能连接 {1}"],
  ["{1} cannot be called: the address is not valid", "无法调用 {1}：地址无效"],
  ["no answer within {1} s", "{1} 秒内没有响应"],
  ["no answer from {1} within {2} s", "{2} 秒内没有来自 {1*} 的响应"],
  ["no backup within the deadline of {1} s", "在 {1} 秒的总时限内没有得到备份"],
  ["no backup within the deadline of {1} s; the last attempt: {2}", "在 {1} 秒的总时限内没有得到备份；最后一次：{2*}"],
  [
    "nothing was sent: the circuit to {1} is open {2}, because too many calls failed in a row",
    "未发送任何请求：因连续失败过多，到 {1} 的熔断器已断开（{2*}）"
  ],
  [
    "nothing was sent: the circuit to {1} is open {2}, because too many calls failed in a row; what failed last: {3}",
    "未发送任何请求：因连续失败过多，到 {1} 的熔断器已断开（{2*}）；最近一次失败：{3*}"
  ],
  ["the circuit to {1} is {2}", "到 {1} 的熔断器{2*}"],
  ["open", "已断开"],
  ["closed: calls go through", "已接通，调用照常"],
  ["half open: one call tries it", "半开，由一次调用试探"],
  ["for another {1} s", "还有 {1} 秒"],
  ["while one call tries it", "正由一次调用试探"],
  [
    "the HTTPS proxy must be an address such as http://proxy.example:3128; what it is instead is not shown, since it may hold a password",
    "HTTPS 代理须为 http://proxy.example:3128 这样的地址；其值可能含有密码，故不显示"
  ],
  ["the file of certificate authorities {1} cannot be used: {2}", "证书颁发机构文件 {1} 无法使用：{2*}"],
  ["it holds no PEM certificate", "其中没有 PEM 证书"],
  ["there is no such file", "没有这个文件"],
  ["this user may not read it", "当前用户无权读取它"],
  ["it is a folder", "它是文件夹"],
  ["it is a certificate in DER; make it PEM: {1}", "它是 DER 格式的证书；请转换为 PEM：{1}"],
  [
    "the HTTPS proxy must be an address without a path; in its password write %2F for /, %3F for ?, %23 for # and %40 for @",
    "HTTPS 代理须为不带路径的地址；其密码中的斜杠、问号、井号和 @ 须写作 %2F、%3F、%23 和 %40"
  ],
  [
    "the HTTPS proxy has a % in its name or password that stands for itself: write %25 for it",
    "HTTPS 代理的用户名或密码中有一个表示自身的 %：须写作 %25"
  ],
  [
    "the proxy on the way asks for a name and a password, or for other ones: it answered 407",
    "途中的代理要求用户名和密码，或不接受所给的：它返回 407"
  ],

  // 响应
  ["{1} answered {2}, {3}", "{1*} 返回 {2}，{3}"],
  ["{1} answered {2}", "{1*} 返回 {2}"],
  ["{1} answered {2}, but {3}", "{1*} 返回 {2}，但 {3*}"],
  ["the proxy", "代理"],
  ["the body is empty", "内容为空"],
  ["the body is not JSON", "内容不是 JSON"],
  ["the body is JSON but not an object with an object `backup`", "内容是 JSON，但不是含有对象 `backup` 的对象"],
  ["the body has {1} characters, more than {2}", "内容有 {1} 个字符，超过 {2}"],
  ["the body nests more than {1} levels deep", "内容嵌套超过 {1} 层"],
  ["the answer of {1} is larger than {2} bytes", "{1*} 的响应超过 {2} 字节"],
  ["the answer of {1} is {2}", "{1*} 的响应{2*}"],
  ["compressed, which was not asked for", "经过压缩，而请求并未要求"],
  ["not UTF-8 text", "不是 UTF-8 文本"],
  ["IAM answered 200, but without a list of projects", "IAM 返回 200，但没有项目列表"],
  ["IAM answered 201, but without a token and the time of its end", "IAM 返回 201，但没有 Token 及其到期时间"],
  ["IAM answered the id token, but without a token", "IAM 对 ID Token 作出了响应，但没有给出 Token"],
  ["{1} answered, but without a temporary key and the time of its end", "{1*} 有响应，但没有临时密钥及其到期时间"],
  ["the agency", "委托"],
  ["federation", "联邦认证"],

  // 凭证
  ["no credentials: {1}", "没有凭证：{1*}"],
  ["no credentials in the environment: {1}", "环境中没有凭证：{1*}"],
  ["none of {1} is set", "均未设置：{1*}"],
  ["neither {1} nor {2} is set", "{1} 和 {2} 均未设置"],
  ["{1} is set, but {2} is not", "已设置 {1}，但未设置 {2}"],
  ["{1} with {2}", "{1} 与 {2*}"],
  ["switched off by {1}", "已由 {1} 关闭"],
  ["no home folder", "没有主目录"],
  ["no {1}, or no profile in it that is the default", "没有 {1}，或其中没有默认的配置"],
  ["no ~/.hcloud/config.json", "没有 ~/.hcloud/config.json"],
  ["no {1}", "没有 {1}"],
  ["{1} is encrypted for KooCLI alone and is not read", "{1} 是为 KooCLI 单独加密的，不予读取"],
  ["{1} cannot be read ({2})", "{1} 无法读取（{2}）"],
  ["{1} is neither UTF-8 nor UTF-16 text", "{1} 既不是 UTF-8 文本，也不是 UTF-16 文本"],
  ["{1} is not JSON", "{1} 不是 JSON"],
  ["{1} is not a regular file", "{1} 不是普通文件"],
  [
    "{1} can be changed by anyone ({2}), and is not used: chmod 600 it",
    "任何人都可以修改 {1}（{2}），因此不采用：请执行 chmod 600"
  ],
  [
    "{1} belongs to another user (uid {2}), and is not used: chown it, or move it away",
    "{1} 属于其他用户（uid {2}），因此不采用：请执行 chown，或将其移走"
  ],
  [
    "{1} belongs to another user (uid {2}), who can change it: chown it",
    "{1} 属于可以修改它的其他用户（uid {2}）：请执行 chown"
  ],
  [
    "{1} holds secrets and is open to others ({2}): chmod 600 it",
    "{1} 含有机密，却对他人开放（{2}）：请执行 chmod 600"
  ],
  ["{1} is not as expected: {2}", "{1} 的内容不符合要求：{2*}"],
  ["{1} names {2}, but there is no {3}", "{1} 指定了 {2}，但没有 {3*}"],
  ["folder for profiles.json", "可放 profiles.json 的目录"],
  ["{1} has no profile {2}; it has none", "{1} 中没有配置 {2}；其中尚无任何配置"],
  ["{1} has no profile {2}; it has {3}", "{1} 中没有配置 {2}；其中有 {3}"],
  ["{1} has no section [basic]", "{1} 中没有 [basic] 一节"],
  [
    "[basic] of {1} has neither ak and sk nor idp_id and id_token_file",
    "{1} 的 [basic] 中既没有 ak 与 sk，也没有 idp_id 与 id_token_file"
  ],
  ["[basic] of {1} has {2}, but not {3}", "{1} 的 [basic] 中有 {2}，但没有 {3}"],
  ["{1} to assume its agency with", "{1*}，因此无法使用其委托"],
  ["profile {1} of {2} has no token, no key and no password", "{2} 中的配置 {1} 没有 Token、密钥和密码"],
  ["profile {1} of {2} needs {3} together; {4} is missing", "{2} 中的配置 {1} 须同时有 {3}；缺少 {4}"],
  ["{1} and {2}", "{1} 和 {2}"],
  ["a token by password needs {1}; {2} is not set", "用密码获取 Token 需要 {1*}；{2} 未设置"],
  ["{1}, {2} and {3}", "{1}、{2} 和 {3}"],
  ["the pod's token file {1}", "Pod 的 Token 文件 {1*}"],
  ["{1} is not an http or https address", "{1} 不是 http 或 https 地址"],
  ["{1} is not an address such as {2}", "{1} 不是 {2} 这样的地址"],
  ["no answer from pod identity within {1} s", "{1} 秒内没有来自 Pod 身份的响应"],
  ["no answer from the server's metadata within {1} s", "{1} 秒内没有来自服务器元数据的响应"],
  ["the server's metadata", "服务器元数据"],
  ["the id token's file {1} is empty", "ID Token 文件 {1} 为空"],
  ["the id token's file {1}", "ID Token 文件 {1*}"],
  ["{1} needs IAM's address ({2} or a region)", "{1*}需要 IAM 的地址（{2} 或区域）"],
  ["an agency", "委托"],
  [
    "a token needs IAM's address (CBR_IAM_ENDPOINT or a region) and a project (its id, its name or a region)",
    "Token 需要 IAM 的地址（CBR_IAM_ENDPOINT 或区域）和项目（ID、名称或区域）"
  ],
  ["{1} is empty", "{1*}为空"],
  ["the token", "Token "],
  ["the access key id", "访问密钥 ID "],
  ["the secret access key is empty", "秘密访问密钥为空"],
  ["the security token", "Security Token "],
  [
    "{1} holds a space, a line break or another character that no key or token has",
    "{1*}含有空格、换行或密钥与 Token 不会有的其他字符"
  ],
  [
    "this key was refused and is not sent for {1} s, lest it be locked; the refusal: {2}",
    "该密钥已被拒绝，为免锁定，{1} 秒内不再发送；拒绝的原因：{2*}"
  ],
  ["{1} (not asked again for {2} s)", "{1*}（{2} 秒内不再询问）"],
  ["neither an access key (ak and sk) nor a token was given", "既没有给出访问密钥（ak 与 sk），也没有给出 Token"],

  // 凭证所在之处
  ["environment", "环境变量"],
  ["environment, by password", "环境变量（密码）"],
  ["profile", "配置"],
  ["profile {1}", "配置 {1}"],
  ["region", "区域"],
  ["the SDKs' file", "SDK 的文件"],
  ["pod identity", "Pod 身份"],
  ["ECS metadata", "ECS 元数据"],

  // 地址、区域与项目
  ["no endpoint: neither a region ({1}) nor an address ({2}) is set", "没有终端节点：区域（{1}）和地址（{2}）均未设置"],
  ["{1} is not a region id such as {2}; did you mean {3}?", "{1} 不是 {2} 这样的区域 ID；您是否要用 {3*}？"],
  ["{1} is not a region id such as {2}", "{1} 不是 {2} 这样的区域 ID"],
  [
    "{1} is not a region that is known to serve CBR; did you mean {2}?; if it does, give its address ({3})",
    "{1} 不是已知提供 CBR 的区域；您是否要用 {2*}？若确有 CBR，请给出其地址（{3}）"
  ],
  [
    "{1} is not a region that is known to serve CBR; if it does, give its address ({2})",
    "{1} 不是已知提供 CBR 的区域；若确有 CBR，请给出其地址（{2}）"
  ],
  ["{1} or {2}", "{1} 或 {2}"],
  ["{1} is not supported: sign with {2} or {3}", "不支持 {1}：请用 {2} 或 {3} 签名"],
  ["{1} needs a region ({2}), which it signs", "{1} 需要区域（{2}），因为要对其签名"],
  ["the {1} must be an address such as {2}, but {3}", "{1*}须为 {2} 这样的地址，但{3*}"],
  ["endpoint", "终端节点"],
  ["IAM endpoint", "IAM 终端节点"],
  ["it is no URL", "它不是 URL"],
  ["it begins with neither https:// nor http://", "它不以 https:// 或 http:// 开头"],
  ["it holds a user name or a password", "它含有用户名或密码"],
  ["it has a path", "它含有路径"],
  ["it has a query or a fragment", "它含有查询或片段"],
  [
    "{1} is not a YAML of services, each a list of id and endpoint",
    "{1} 不是由服务组成的 YAML，每个服务为 id 和 endpoint 的列表"
  ],
  [
    "a project id is found through IAM: give its address (CBR_IAM_ENDPOINT), a region, or the project id",
    "项目 ID 经由 IAM 查找：请给出其地址（CBR_IAM_ENDPOINT）、区域或项目 ID"
  ],
  ["a project id is found by its region: give one ({1})", "项目 ID 按区域查找：请给出区域（{1}）"],
  ["there is {1} of the name {2}; give the project id{3}", "名为 {2} 的有 {1*}；请给出项目 ID{3*}"],
  ["there is {1} of the name {2}; give the project id", "名为 {2} 的有 {1*}；请给出项目 ID"],
  ["no project", "0 个项目"],
  ["{1} projects", "{1} 个项目"],
  [", one of {1}", "，可用的有 {1}"],
  ["{1} must be a time longer than nothing", "{1} 须为大于零的时间"],
  ["{1} must be a number of milliseconds above 0", "{1} 须为大于 0 的毫秒数"],
  ["{1} must be a whole number from {2} up", "{1} 须为不小于 {2} 的整数"],

  // 等待
  ["the backup is gone", "备份已不存在"],
  ["the status is {1}", "状态为 {1}"],
  ["the backup was being deleted, but its status is {1} again", "备份曾在删除中，但状态又为 {1}"],
  ["the replication to {1} ended with {2}", "到 {1} 的复制以 {2} 结束"],
  ["of {1} the status is {2}", "{1} 的状态为 {2}"],
  ["{1} can no longer come true: {2}", "{1} 已无法满足：{2*}"],
  ["{1} did not come true {2}; {3}", "{1} {2*}未能满足；{3*}"],
  ["within {1}", "在 {1} 内"],
  ["before the looks at the backup ended", "直到查询结束也"],
  ["no look at the backup was over by then", "当时尚无一次查询完成"],
  ["the status was {1}", "当时的状态为 {1*}"],
  ["missing", "缺失"],
  ["{1} is not true of the saved response", "已保存的响应不满足 {1}"],
  ["the last look failed: {1}", "最后一次查询失败：{1*}"],
  ["a condition is a text; there are {1}", "条件须为文本；可用的有 {1}"],
  ["no condition was given: {1}", "没有给出条件：{1}"],
  ["deleted cannot hold together with another condition", "deleted 不能与其他条件同时满足"],
  ["replicated needs a region id, as in {1}", "replicated 需要区域 ID，如 {1}"],
  ["restorable is followed by nothing, {1} or {2}", "restorable 之后不跟任何内容，或跟 {1}、{2}"],
  ["{1} is no status; there are {2}", "{1} 不是状态；可用的有 {2}"],
  ["{1} is no condition; there are {2}", "{1} 不是条件；可用的有 {2}"],

  // 偏离与取值
  ["no such field", "没有此字段"],
  ["one of {1}", "{1} 之一"],
  ["array of {1}", "有 {1} 项的 array"],
  ["number beyond 2^53", "超过 2^53 的 number"],
  ["string: a time such as {1}", "string：{1} 这样的时间"],

  // 值的要求
  ["Missing key", "缺少此项"],
  ["Unexpected key", "没有此项"],
  ["Unexpected key with value {1}", "没有此项，其值为 {1}"],
  ["Expected {1}, got {2}", "应为 {1*}，实为 {2}"],
  ["Expected {1}", "应为 {1*}"],
  ["expected {1}", "应为 {1*}"],
  ["{1}: expected {2}", "{1}：应为 {2*}"],
  ["a span such as {1}", "{1*} 这样的时长"],
  ["a time from {1} to {2}, such as {3}", "{1} 到 {2} 的时间，如 {3*}"],
  ["{1}, {2} or {3}", "{1}、{2} 或 {3}"],
  ["{1}, {2}, {3} or {4}", "{1}、{2}、{3} 或 {4}"],
  ["a value greater than or equal to {1}", "不小于 {1} 的值"],
  ["a value less than or equal to {1}", "不大于 {1} 的值"],
  ["a string representing a finite number", "数字"],
  ["an integer", "整数"],
  ["a project id: {1} to {2} letters, digits, - or _", "项目 ID：{1} 到 {2} 个字母、数字、- 或 _"],
  ["a backup id: a UUID such as {1}", "备份 ID：{1} 这样的 UUID"]
]
