-- Signs in, and then asks for the page with the cookie of that session.
local cookie

request = function()
  if cookie then
    return wrk.format("GET", "/page", { Cookie = cookie })
  end
  return wrk.format("GET", "/login?user=ann")
end

response = function(status, headers)
  local set = headers["Set-Cookie"]
  if not cookie and set then
    cookie = set:match("^[^;]*")
  end
end
