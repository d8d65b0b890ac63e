-- wrk: every request has a number, and its answer a status and a size that follow from its path.
local paths = { '/hello', '/static/1k.txt', '/status/404', '/copied/1k.txt', '/status/503', '/static/0.bin' }
local n = 0

request = function()
  n = n + 1
  return wrk.format('GET', paths[n % #paths + 1] .. '?' .. n)
end
