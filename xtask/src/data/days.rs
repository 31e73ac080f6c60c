//! The summer of 2026 in numbers: days from 1 June, seconds from 1 July.

/// Seconds of a day.
pub(super) const DAY: u64 = 86_400;
/// 1 July, counted from 1 June.
pub(super) const JULY: u64 = 30;
/// 1 August, counted from 1 June.
pub(super) const AUGUST: u64 = 61;
/// The latest change in July's extract: 31 July, 23:50.
pub(super) const JULY_CLOSES: u64 = 31 * DAY - 600;
/// `2026-07-01` for 30.
pub(super) fn date(day: u64) -> String {
    match day {
        0..JULY => format!("2026-06-{:02}", day + 1),
        JULY..AUGUST => format!("2026-07-{:02}", day - JULY + 1),
        _ => format!("2026-08-{:02}", day - AUGUST + 1),
    }
}

/// `2026-07-01T00:00:00Z` for 0.
pub(super) fn instant(second: u64) -> String {
    let (day, rest) = (second / DAY, second % DAY);
    format!("{}T{:02}:{:02}:{:02}Z", date(JULY + day), rest / 3600, rest / 60 % 60, rest % 60)
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
        assert_eq!(date(AUGUST), "2026-08-01");
        assert_eq!(instant(JULY_CLOSES), "2026-07-31T23:50:00Z");
        assert_eq!(instant(61 * DAY + 1), "2026-08-31T00:00:01Z");
    }

    /// 4 July 2026 is a Saturday, 6 July a Monday.
    #[test]
    fn weekends_fall_where_they_do() {
        assert!(is_weekend(JULY + 3));
        assert!(is_weekend(JULY + 4));
        assert!(!is_weekend(JULY + 5));
        assert!(!is_weekend(JULY + 2));
    }
}
