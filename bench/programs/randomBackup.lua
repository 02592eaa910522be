-- GETs a backup that no request has named before: a random id in a random project.
local key, projects

function init(args)
  key, projects = args[1], tonumber(args[2])
  math.randomseed(os.time())
end

function request()
  local r = math.random
  local path = string.format("/v3/%032x/backups/%04x%04x-%04x-4%03x-8%03x-%04x%04x%04x",
    r(0, projects - 1), r(0, 65535), r(0, 65535), r(0, 65535), r(0, 4095), r(0, 4095), r(0, 65535), r(0, 65535), r(0, 65535))
  return wrk.format("GET", path, { ["X-Auth-Token"] = key })
end
