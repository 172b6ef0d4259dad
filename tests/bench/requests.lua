-- What wrk sends. Arguments: a file with lines "path token", taken in turn; then, for writes,
-- a file with a body in which @DOI@ stands for the identifier, and a prefix for new ones.
local targets, sent = {}, 0
local body, prefix

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, token = line:match("^(%S+) (%S+)$")
    targets[#targets + 1] = {
      path = path,
      headers = { Accept = "application/json", Authorization = "Bearer " .. token },
    }
  end
  if arguments[2] then
    body, prefix = io.open(arguments[2]):read("*a"), arguments[3]
    for _, target in ipairs(targets) do
      target.headers["Content-Type"] = "application/json"
    end
  end
end

function request()
  local target = targets[sent % #targets + 1]
  sent = sent + 1
  if not body then
    return wrk.format("GET", target.path, target.headers)
  end
  return wrk.format("POST", target.path, target.headers, (body:gsub("@DOI@", prefix .. sent)))
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("measured %d %d %d\n", summary.requests, summary.duration, failed))
end
