//! A token bucket as one script: read, refill, take and write are one step, whoever else asks.

use redis::Script;

/// KEYS: bucket. ARGV: refill per second, burst, tokens wanted. Answers 1 (taken) or 0.
///
/// Levels are kept as text with six decimals, because Lua's default would round after 14 digits of a large number.
/// An idle bucket is full again after burst/rate seconds, so it may be forgotten then.
const SOURCE: &str = r"
local rate = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
local wanted = tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local state = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(state[1]) or burst
local at = tonumber(state[2]) or now
level = math.min(burst, level + math.max(0, now - at) * rate)
local taken = 0
if level >= wanted then
  level = level - wanted
  taken = 1
end
redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level), 'at', string.format('%.6f', now))
local full_s = 3600
if rate > 0 then full_s = math.ceil(burst / rate) + 1 end
redis.call('EXPIRE', KEYS[1], full_s)
return taken
";

pub(crate) fn script() -> Script {
    Script::new(SOURCE)
}
