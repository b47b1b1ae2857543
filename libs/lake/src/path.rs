//! Where objects lie. A path names what is in it for people; exactness comes from the catalog alone.

use naru_ids::{SegmentId, TenantId};
use naru_signal::Table;
use object_store::path::Path;

/// What one cut of one partition is called. A retry after an unknown answer takes the next `attempt`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutName {
    pub partition: u16,
    pub first_seq: u64,
    pub last_seq: u64,
    pub epoch: i64,
    pub attempt: u32,
    /// Unix ms of the cut; gives the day in the path.
    pub at_ms: u64,
}

/// `cuts/2026-11-21/03/00000000000000000007-00000000000000000042-5-1.bundle`: extents of many tenants.
#[must_use]
pub fn bundle(name: &CutName) -> Path {
    file("cuts", name, "bundle")
}

/// The cut's undecodable entries, one after the other.
#[must_use]
pub fn quarantine(name: &CutName) -> Path {
    file("quarantine", name, "entries")
}

/// `tenants/0193…/spans/2026-11-21/1-00000000000000000007-00000000000000000042-0193….segment`: one merged segment in an
/// object of its tenant's own. No two segments have the same id, so no two objects have the same name.
#[must_use]
pub fn merged(row: &MergedName) -> Path {
    let MergedName { tenant, table, day, level, first_seq, last_seq, segment } = *row;
    let (tenant, day, segment) = (tenant.hex(), day_text(day), segment.hex());
    Path::from(format!(
        "tenants/{tenant}/{table}/{day}/{level}-{first_seq:020}-{last_seq:020}-{segment}.segment"
    ))
}

/// What a merged segment is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergedName {
    pub tenant: TenantId,
    pub table: Table,
    pub day: i32,
    pub level: i16,
    pub first_seq: u64,
    pub last_seq: u64,
    pub segment: SegmentId,
}

/// Prefixes under which every object is named by a catalog row, or is garbage after a day.
pub const COLLECTED_PREFIXES: [&str; 3] = ["cuts", "quarantine", "tenants"];

fn file(prefix: &str, name: &CutName, extension: &str) -> Path {
    let CutName { partition, first_seq, last_seq, epoch, attempt, at_ms } = *name;
    let day = day_text(day_of_ms(at_ms));
    Path::from(format!(
        "{prefix}/{day}/{partition:02}/{first_seq:020}-{last_seq:020}-{epoch}-{attempt}.{extension}"
    ))
}

/// Days since 1970-01-01 UTC of a unix time in ns; also before 1970.
#[must_use]
pub const fn day_of_ns(unix_ns: i64) -> i32 {
    // The quotient of any i64 of nanoseconds by a day is within ±106,752.
    unix_ns.div_euclid(86_400_000_000_000) as i32
}

fn day_of_ms(unix_ms: u64) -> i32 {
    i32::try_from(unix_ms / 86_400_000).unwrap_or(i32::MAX)
}

/// `2026-11-21` from days since 1970 (civil calendar, after Howard Hinnant's `civil_from_days`).
#[must_use]
pub fn day_text(day: i32) -> String {
    let shifted = i64::from(day) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_the_calendar_s_names() {
        let cases = [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (20_778, "2026-11-21"),
        ];
        for (day, text) in cases {
            assert_eq!(day_text(day), text);
        }
        assert_eq!((day_of_ns(-1), day_of_ns(0), day_of_ns(86_400_000_000_000)), (-1, 0, 1));
    }

    #[test]
    fn a_bundle_is_named_by_day_partition_range_epoch_and_attempt() {
        let name = CutName {
            partition: 3,
            first_seq: 7,
            last_seq: 42,
            epoch: 5,
            attempt: 1,
            at_ms: 1_795_244_400_000,
        };
        let path = bundle(&name).to_string();
        assert_eq!(path, "cuts/2026-11-21/03/00000000000000000007-00000000000000000042-5-1.bundle");
    }
}
