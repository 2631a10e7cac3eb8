//! Card numbers (PANs) are refused wherever they turn up: in a path, a query string, or any text, number or field name of a
//! body. None is ever stored, logged or sent back, so no part of the system falls under rules for card data.
//!
//! What counts: 14 to 19 digits with the prefix and length of a card network and a good check digit (Luhn), in one piece or in
//! groups of up to 6 with spaces, dots, dashes or underscores between; full-width, Arabic and Devanagari digits count as the
//! others. What does not, so that ids pass: EAN-13 and shorter (cards of 13 digits are no longer issued), and digits within a
//! UUID, with dashes or without.

use std::{borrow::Cow, ops::RangeInclusive};

use uuid::{Uuid, Variant};

/// Prefix ranges of the networks and the lengths of their numbers. Prefixes are compared as numbers of the same length.
const NETWORKS: &[(RangeInclusive<u32>, RangeInclusive<usize>)] = &[
    // Visa
    (4..=4, 16..=16),
    (4..=4, 19..=19),
    // Mastercard
    (51..=55, 16..=16),
    (2221..=2720, 16..=16),
    // American Express
    (34..=34, 15..=15),
    (37..=37, 15..=15),
    // Discover
    (6011..=6011, 16..=19),
    (644..=649, 16..=19),
    (65..=65, 16..=19),
    // Diners Club
    (300..=305, 14..=19),
    (3095..=3095, 14..=19),
    (36..=36, 14..=19),
    (38..=39, 14..=19),
    // JCB
    (3528..=3589, 16..=19),
    // UnionPay, RuPay
    (62..=62, 16..=19),
    (81..=82, 16..=19),
    (60..=60, 16..=16),
    // Maestro
    (5018..=5018, 14..=19),
    (5020..=5020, 14..=19),
    (5038..=5038, 14..=19),
    (5893..=5893, 14..=19),
    (6304..=6304, 14..=19),
    (6759..=6763, 14..=19),
    // Mir
    (2200..=2204, 16..=19),
];

const SHORTEST: usize = 14;
const LONGEST: usize = 19;
const LARGEST_GROUP: usize = 6;
/// Of separators between two groups.
const WIDEST_GAP: usize = 3;
/// The noughts of the other scripts that keyboards type digits of: Arabic, Persian, Devanagari, full-width.
const NOUGHTS: [u32; 4] = [0x660, 0x6F0, 0x966, 0xFF10];

/// Whether the text holds what looks like a card number.
#[must_use]
pub fn holds_card_number(text: &str) -> bool {
    let text: Cow<'_, str> =
        if text.is_ascii() { text.into() } else { text.chars().map(ascii_digit).collect::<String>().into() };
    in_ascii_digits(&text)
}

/// The digit as ASCII has it; any other character as it is.
fn ascii_digit(c: char) -> char {
    let values = NOUGHTS.iter().filter_map(|nought| u32::from(c).checked_sub(*nought));
    values.filter_map(|value| char::from_digit(value, 10)).next().unwrap_or(c)
}

fn in_ascii_digits(text: &str) -> bool {
    if text.bytes().filter(u8::is_ascii_digit).count() < SHORTEST {
        return false;
    }
    let groups = groups(text);
    (0..groups.len()).any(|first| {
        let mut digits = String::new();
        for (nth, group) in groups.iter().skip(first).enumerate() {
            if nth > 0 && (!group.follows || group.digits.len() > LARGEST_GROUP) {
                break;
            }
            digits.push_str(group.digits);
            if digits.len() > LONGEST {
                break;
            }
            if is_card_number(&digits) {
                return true;
            }
            if group.digits.len() > LARGEST_GROUP {
                break;
            }
        }
        false
    })
}

/// Digits in one piece, and whether only a few separators stand between them and the piece before.
#[derive(Debug, PartialEq, Eq)]
struct Group<'t> {
    digits: &'t str,
    follows: bool,
}

fn groups(text: &str) -> Vec<Group<'_>> {
    let mut groups = Vec::new();
    let mut before_end = None;
    let mut rest = text;
    let mut at = 0_usize;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (skipped, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        let begins = at.saturating_add(start);
        if !is_within_uuid(text, begins) {
            let follows = before_end.is_some_and(|end| end == at) && is_gap(skipped);
            groups.push(Group { digits, follows });
            before_end = Some(begins.saturating_add(end));
        }
        at = begins.saturating_add(end);
        rest = after;
    }
    groups
}

fn is_gap(between: &str) -> bool {
    let dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}');
    let unseen = |c: char| matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}');
    let separates = |c: char| c.is_whitespace() || matches!(c, '.' | '_') || dash(c) || unseen(c);
    between.chars().count() <= WIDEST_GAP && between.chars().all(separates)
}

/// Whether the word around this place is a UUID, as ids are; not any hexadecimal text, in which a card number could hide.
fn is_within_uuid(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let is_uuid = |ends: fn(char) -> bool| {
        let head = before.rsplit(ends).next().unwrap_or_default();
        let tail = after.split(ends).next().unwrap_or_default();
        Uuid::try_parse(&format!("{head}{tail}"))
            .is_ok_and(|uuid| (1..=8).contains(&uuid.get_version_num()) && uuid.get_variant() == Variant::RFC4122)
    };
    is_uuid(|c| !c.is_ascii_alphanumeric()) || is_uuid(|c| !c.is_ascii_alphanumeric() && c != '-')
}

fn is_card_number(digits: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&digits.len()) && passes_luhn(digits) && is_of_a_network(digits)
}

fn is_of_a_network(digits: &str) -> bool {
    NETWORKS.iter().any(|(prefixes, lengths)| {
        let width = prefixes.start().to_string().len();
        let prefix = digits.get(..width).and_then(|prefix| prefix.parse().ok());
        lengths.contains(&digits.len()) && prefix.is_some_and(|prefix| prefixes.contains(&prefix))
    })
}

/// ISO/IEC 7812-1, annex B.
fn passes_luhn(digits: &str) -> bool {
    let sum: u32 = digits.bytes().rev().enumerate().map(|(place, byte)| luhn_value(place, byte)).sum();
    sum.is_multiple_of(10)
}

fn luhn_value(place: usize, byte: u8) -> u32 {
    let digit = u32::from(byte.saturating_sub(b'0'));
    match (place.is_multiple_of(2), digit.saturating_mul(2)) {
        (true, _) => digit,
        (false, doubled) if doubled > 9 => doubled.saturating_sub(9),
        (false, doubled) => doubled,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;
    use rialto_kernel::OrderId;

    use super::*;

    /// What networks and gateways publish for tests.
    const TEST_CARDS: &[&str] = &[
        "4111111111111111",
        "4242424242424242",
        "4012888888881881",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "6445644564456445",
        "30569309025904",
        "38520000023237",
        "36227206271667",
        "3530111333300000",
        "6205500000000000004",
        "6759649826438453",
        "2200000000000004",
    ];

    #[test]
    fn given_a_card_number_however_written_then_it_is_found() {
        for card in TEST_CARDS {
            assert!(holds_card_number(card), "{card}");
            for (gap, size) in [
                (" ", 4),
                ("-", 4),
                (" - ", 4),
                (".", 4),
                ("_", 4),
                ("\u{200b}", 4),
                ("\u{a0}", 4),
                ("\u{2013}", 4),
                (" ", 1),
                ("\n", 5),
            ] {
                let groups: Vec<&str> =
                    (0..card.len()).step_by(size).map(|at| &card[at..(at + size).min(card.len())]).collect();
                assert!(holds_card_number(&groups.join(gap)), "{card} {gap:?} {size}");
            }
            for around in ["my card: {} 12/27", "pan={}&x=1", "card{}", "{}x", "12 {} 34", "+49 30 1234 {}", "x_{}_y"] {
                assert!(holds_card_number(&around.replace("{}", card)), "{around} {card}");
            }
        }
        assert!(holds_card_number("3782 822463 10005"));
        for nought in NOUGHTS {
            let foreign = |c: char| char::from_u32(nought + c.to_digit(10).unwrap()).unwrap();
            let card: String = "4111111111111111".chars().map(foreign).collect();
            let spaced = card.chars().map(|digit| format!("{digit} ")).collect::<String>();
            assert!(holds_card_number(&card) && holds_card_number(&spaced), "{card}");
        }
    }

    #[test]
    fn given_a_card_number_in_a_long_hexadecimal_text_that_is_no_uuid_then_it_is_found() {
        for text in [
            "a4111111111111111b000000",
            "a4111111111111111b00000000000000",
            "0190163d-8694-739b-9f3a-1c5d7e9b2f40-4111111111111111",
            "39-0041-4111-9111-19",
            "deadbeef4242424242424242deadbeefdeadbeef",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn given_what_only_resembles_one_then_it_passes() {
        for text in [
            "4111111111111112",
            "411111111111111",
            "4006381333931",
            "4012345678901",
            "0000000000000000",
            "",
            "1234",
            "off_0190163d8694739b9f3a1c5d7e9b2f40",
            "0190163d-8694-739b-9f3a-1c5d7e9b2f40",
            "abcdef39-0041-4111-9111-19abcdef0123",
            "41111111111111110000",
            "+4915112345678901",
            "2026-11-21T10:00:00.000000Z",
            "price:40000000-80000000",
            "4111/1111/1111/1111",
            "1766311200000000",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn given_any_id_or_uuid_then_it_is_no_card_number(random in any::<u128>()) {
            let uuid = uuid::Builder::from_random_bytes(random.to_be_bytes()).into_uuid();
            let ours = uuid::Builder::from_unix_timestamp_millis(1_766_311_200_000, &uuid.as_bytes()[..10].try_into().unwrap()).into_uuid();
            let id = OrderId::draw().to_string();
            for text in [uuid.to_string(), uuid.simple().to_string(), id, format!("ord_{}", ours.simple())] {
                prop_assert!(!holds_card_number(&text), "{text}");
            }
        }

        #[test]
        fn given_any_body_of_digits_when_the_check_digit_is_set_then_it_is_found_and_with_any_other_it_is_not(
            body in "4[0-9]{14}|5[1-5][0-9]{13}|3[47][0-9]{12}", off in 1u32..10,
        ) {
            let check = (0..10).find(|digit| passes_luhn(&format!("{body}{digit}"))).unwrap();
            let card = format!("{body}{check}");
            let spoilt = format!("{body}{}", (check + off) % 10);
            prop_assert!(holds_card_number(&card), "{card}");
            prop_assert!(!holds_card_number(&spoilt), "{spoilt}");
        }

        #[test]
        fn given_any_text_then_it_is_read_without_a_panic(text in "\\PC{0,60}") {
            let _ = holds_card_number(&text);
        }
    }
}
