//! The summer of 2026 in numbers: days from 1 June, seconds from 1 July.

use super::random::Random;

/// Seconds of a day.
pub(super) const DAY: u64 = 86_400;
/// 1 July, counted from 1 June.
pub(super) const JULY: u64 = 30;
/// The days from 1 July to 30 September.
pub(super) const DAYS: u64 = 92;

/// Months by their names, with their first days and the days after their last ones, counted from 1 July.
pub(super) const MONTHS: [(&str, u64, u64); 3] = [("july", 0, 31), ("august", 31, 62), ("september", 62, 92)];

/// The first moment of a month.
pub(super) fn opens(month: usize) -> u64 {
    MONTHS.get(month).map_or(DAYS, |(_, first, _)| *first) * DAY
}

/// The moment after the last one of a month.
pub(super) fn ends(month: usize) -> u64 {
    MONTHS.get(month).map_or(DAYS, |(_, _, end)| *end) * DAY
}

/// The latest change in a month's extract: its last day, 23:50.
pub(super) fn closes(month: usize) -> u64 {
    ends(month) - 600
}

/// A moment in the month, after its first week, in office hours.
pub(super) fn moment(month: usize, random: &mut Random) -> u64 {
    opens(month) + (7 + random.below(20)) * DAY + 28_800 + random.below(36_000)
}

/// A moment in the first week of the month, in office hours: when masters change.
pub(super) fn early(month: usize, random: &mut Random) -> u64 {
    opens(month) + (1 + random.below(5)) * DAY + 28_800 + random.below(36_000)
}

/// `2026-07-01` for 30.
pub(super) fn date(day: u64) -> String {
    let lengths = [30, 31, 31, 30, 31];
    let mut left = day;
    for (month, length) in (6..).zip(lengths) {
        if left < length {
            return format!("2026-{month:02}-{:02}", left + 1);
        }
        left -= length;
    }
    format!("2026-11-{:02}", left + 1)
}

/// `2026-07-01T00:00:00Z` for 0.
pub(super) fn instant(second: u64) -> String {
    let (day, rest) = (second / DAY, second % DAY);
    format!("{}T{:02}:{:02}:{:02}Z", date(JULY + day), rest / 3600, rest / 60 % 60, rest % 60)
}

/// The second Saturday of a month, counted from 1 June.
pub(super) fn saturday(month: usize) -> u64 {
    let first = JULY + opens(month) / DAY;
    first + (5 + 7 - first % 7) % 7 + 7
}

/// 1 June 2026 is a Monday.
pub(super) fn is_weekend(day: u64) -> bool {
    day % 7 >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!(date(0), "2026-06-01");
        assert_eq!(date(29), "2026-06-30");
        assert_eq!(date(JULY), "2026-07-01");
        assert_eq!(date(60), "2026-07-31");
        assert_eq!(date(61), "2026-08-01");
        assert_eq!(date(92), "2026-09-01");
        assert_eq!(date(JULY + DAYS), "2026-10-01");
        assert_eq!(instant(closes(0)), "2026-07-31T23:50:00Z");
        assert_eq!(instant(61 * DAY + 1), "2026-08-31T00:00:01Z");
        assert_eq!(instant(opens(2)), "2026-09-01T00:00:00Z");
        assert_eq!(instant(ends(2)), "2026-10-01T00:00:00Z");
    }

    /// 4 July 2026 is a Saturday, 6 July a Monday.
    #[test]
    fn weekends_fall_where_they_do() {
        assert!(is_weekend(JULY + 3));
        assert!(is_weekend(JULY + 4));
        assert!(!is_weekend(JULY + 5));
        assert!(!is_weekend(JULY + 2));
        assert_eq!(
            (0..3).map(|month| date(saturday(month))).collect::<Vec<_>>(),
            ["2026-07-11", "2026-08-08", "2026-09-12"]
        );
    }
}
