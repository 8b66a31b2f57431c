-- Sends one kind of work and looks at every answer. Arguments: the kind (q1, g1, q2 or m1), its file of draws, how many milliseconds a
-- client waits between two requests, if it does, and whether it asks what its documents cost.
-- Each line of the file is a token and the ids that go with it; each request draws a line.

local page = "nodes { id number title state openedAt dueAt place { grid { name } village { name } } assignee { __typename"
  .. " ... on Account { login } ... on Unit { name } ... on Organisation { name } } timeline(last: 3) { nodes { act"
  .. " occurredAt toState } } } pageInfo { hasNextPage endCursor }"

local documents = {
  q1 = "query Q1($town: ID!) { cases(filter: {place: {unitId: $town}}, first: 20) { " .. page .. " } }",
  g1 = "query G1 { cases(first: 20) { " .. page .. " } }",
  q2 = "query Q2($id: ID!) { case(id: $id) { id number title description state priority openedAt dueAt version"
    .. " timeline { nodes { id act occurredAt fromState toState text } } } }",
  m1 = "mutation M1($input: CaseReportInput!) { caseReport(input: $input) { case { id number state } userErrors { code } } }",
}

local variables = {
  q1 = function(ids) return string.format('{"town":"%s"}', ids[2]) end,
  g1 = function() return "{}" end,
  q2 = function(ids) return string.format('{"id":"%s"}', ids[2]) end,
  m1 = function(ids)
    return string.format('{"input":{"categoryId":"%s","place":{"gridId":"%s"},"title":"路口井盖松动，车辆经过有异响",'
      .. '"description":"井盖松动，夜间车辆经过有异响，附近居民多次反映，请尽快处理。","source":"PATROL"}}', ids[3], ids[2])
  end,
}

-- What a good answer holds, so that an empty one is not taken for it.
local marks = { q1 = '"timeline":{"nodes":[{', g1 = '"timeline":{"nodes":[{', q2 = '"timeline":{"nodes":[{', m1 = '"userErrors":[]' }

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  kind, bad, bytes, cost, requests = arguments[1], 0, 0, 0, {}
  mark, asks = marks[kind], arguments[4]
  local pause = tonumber(arguments[3])
  if pause then
    function delay() return pause end
  end
  math.randomseed(os.time() * 16 + number)
  for line in io.lines(arguments[2]) do
    local ids = {}
    for id in line:gmatch("[^\t]+") do table.insert(ids, id) end
    local extensions = asks and ',"extensions":{"cost":true}' or ""
    local body = string.format('{"query":%q,"variables":%s%s}', documents[kind], variables[kind](ids), extensions)
    local headers = { ["content-type"] = "application/json", authorization = "Bearer " .. ids[1] }
    table.insert(requests, wrk.format("POST", "/graphql", headers, body))
  end
end

function request()
  return requests[math.random(#requests)]
end

function response(status, headers, body)
  bytes = bytes + #body
  if asks then cost = body:match('"requested":(%d+)') or cost end
  if status ~= 200 or body:find('"errors":[', 1, true) or not body:find(mark, 1, true) then
    if bad == 0 then io.stderr:write(status, " ", body:sub(1, 500), "\n") end
    bad = bad + 1
  end
end

function done(summary, latency)
  local bad_answers, bytes_read = 0, 0
  for _, thread in ipairs(threads) do
    bad_answers, bytes_read = bad_answers + thread:get("bad"), bytes_read + thread:get("bytes")
  end
  local cost = threads[1]:get("cost")
  if tonumber(cost) > 0 then io.write(string.format("COST %d\n", cost)) end
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %d %.3f %d %d %d %d\n", summary.requests, summary.duration / 1e6, latency:percentile(50),
    latency:percentile(99), bad_answers + errors, bytes_read / math.max(summary.requests, 1)))
end
