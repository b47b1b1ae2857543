//! A token bucket as one script: read, refill, take and write are one step, whoever else asks.

use std::time::Duration;

use redis::{FromRedisValue, ParsingError, Script, Value};

/// How a bucket refills, and how much it holds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub per_s: u64,
    pub burst: u64,
}

/// What a bucket answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Tokens(u64),
    /// Nothing was taken; there is enough after this long, if nobody else takes it.
    Wait(Duration),
}

/// KEYS: bucket. ARGV: refill per second, burst, fewest and most tokens wanted. Answers how many were taken, and, if
/// there were too few, in how many ms there will be enough.
///
/// Levels are kept as text with six decimals, because Lua's default would round after 14 digits of a large number.
/// An idle bucket is full again after burst/rate seconds, so it may be forgotten then.
const SOURCE: &str = r"
local rate = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])
local fewest = tonumber(ARGV[3])
local most = tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local state = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(state[1]) or burst
local at = tonumber(state[2]) or now
level = math.min(burst, level + math.max(0, now - at) * rate)
local taken = 0
local wait_ms = 0
if level >= fewest then
  taken = math.min(math.floor(level), most)
  level = level - taken
elseif rate > 0 then
  wait_ms = math.min(math.ceil((fewest - level) * 1000 / rate), 3600000)
else
  wait_ms = 3600000
end
redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level), 'at', string.format('%.6f', now))
local full_s = 3600
if rate > 0 then full_s = math.ceil(burst / rate) + 1 end
redis.call('EXPIRE', KEYS[1], full_s)
return {taken, wait_ms}
";

pub(crate) fn script() -> Script {
    Script::new(SOURCE)
}

impl FromRedisValue for Taken {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (tokens, wait_ms) = <(u64, u64)>::from_redis_value(value)?;
        Ok(if wait_ms == 0 { Self::Tokens(tokens) } else { Self::Wait(Duration::from_millis(wait_ms)) })
    }
}
