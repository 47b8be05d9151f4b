//! Conversions by hand behind the parsers that give text: faster than what a library for times does, which favours them. A time is in
//! milliseconds.

/// 02/Mar/2026:09:00:01 +0100
pub fn clf(s: &[u8]) -> Option<i64> {
    if s.len() != 26 {
        return None;
    }
    let local = days(number(&s[7..11])?, month(&s[3..6])?, number(&s[..2])?) * 86_400 + clock(&s[12..20])?;
    let offset = number(&s[22..24])? * 3600 + number(&s[24..])? * 60;
    Some(1000 * if s[21] == b'-' { local + offset } else { local - offset })
}

/// 2026-03-02T08:00:00.123456789Z, and 2026-03-02 08:00:00,123 the same way.
pub fn iso(s: &[u8]) -> Option<i64> {
    if s.len() < 23 {
        return None;
    }
    let whole = days(number(&s[..4])?, number(&s[5..7])?, number(&s[8..10])?) * 86_400 + clock(&s[11..19])?;
    Some(whole * 1000 + number(&s[20..23])?)
}

/// Digits and nothing else: not every parser has looked at them.
pub fn number(s: &[u8]) -> Option<i64> {
    s.iter().try_fold(0, |n, c| c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0')))
}

fn month(s: &[u8]) -> Option<i64> {
    let names = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    names.chunks(3).position(|name| name == s).map(|i| i as i64 + 1)
}

/// 08:00:00 in seconds
fn clock(s: &[u8]) -> Option<i64> {
    Some(number(&s[..2])? * 3600 + number(&s[3..5])? * 60 + number(&s[6..8])?)
}

/// Days since 1970. Years begin in March, so that a leap day is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + of_year - 719_468
}
