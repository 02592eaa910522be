// The same call as `cbr show`, the way a script makes it with the official SDK's core.
import { BasicCredentials } from "@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js"
import { ClientBuilder } from "@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js"

const ak = process.env["HUAWEICLOUD_SDK_AK"]
const sk = process.env["HUAWEICLOUD_SDK_SK"]
const project_id = process.env["HUAWEICLOUD_SDK_PROJECT_ID"]
const [, , backup_id] = process.argv

const client = new ClientBuilder((client) => client)
  .withCredential(new BasicCredentials({ ak, sk, projectId: project_id }))
  .withEndpoint(process.env["CBR_ENDPOINT"])
  .build()
const { backup } = await client.sendRequest({
  method: "GET",
  url: "/v3/{project_id}/backups/{backup_id}",
  contentType: "application/json",
  queryParams: {},
  pathParams: { project_id, backup_id },
  headers: {},
  data: {}
})
console.log(JSON.stringify({ backup }, null, 2))
