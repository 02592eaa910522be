-- Each connection waits between its requests, this many milliseconds on average.
local pause

function init(args)
  pause = tonumber(args[1])
  math.randomseed(os.time())
end

function delay()
  return math.floor(2 * pause * math.random() + 0.5)
end
