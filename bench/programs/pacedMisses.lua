-- The requests of randomBackup.lua, by connections that wait between them, this many milliseconds on average.
local key, projects, pause

function init(args)
  key, projects, pause = args[1], tonumber(args[2]), tonumber(args[3])
  math.randomseed(os.time())
end

function request()
  local r = math.random
  local path = string.format("/v3/%032x/backups/%04x%04x-%04x-4%03x-8%03x-%04x%04x%04x",
    r(0, projects - 1), r(0, 65535), r(0, 65535), r(0, 65535), r(0, 4095), r(0, 4095), r(0, 65535), r(0, 65535), r(0, 65535))
  return wrk.format("GET", path, { ["X-Auth-Token"] = key })
end

function delay()
  return math.floor(2 * pause * math.random() + 0.5)
end
