#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use proptest::prelude::*;

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn vocabulary() -> Vocabulary {
    Vocabulary {
        two_way: vec![texts(&["sofa", "couch", "settee"]), texts(&["t shirt", "tee"])],
        one_way: vec![OneWay { from: "telly".to_owned(), to: texts(&["television"]) }],
        never: vec![Never { query: "pan".to_owned(), product: "pan pipe".to_owned() }],
    }
}

fn readings(query: &str) -> Vec<String> {
    vocabulary().wording(query).readings
}

#[test]
fn given_synonyms_when_read_then_each_stands_for_the_others_and_one_way_ones_do_not_turn_round() {
    assert_eq!(readings("Red COUCH"), ["Red COUCH", "red sofa", "red settee"]);
    assert_eq!(readings("couches"), ["couches", "sofa", "settee", "couch"]);
    assert_eq!(readings("telly"), ["telly", "television"]);
    assert_eq!(readings("television"), ["television"]);
    assert_eq!(readings("blue tee"), ["blue tee", "blue t shirt"]);
    assert_eq!(readings("T-Shirt"), ["T-Shirt", "tee"]);
    assert_eq!(readings("sofabed"), ["sofabed"], "parts of words are not terms");
}

#[test]
fn given_a_pair_that_must_not_meet_when_read_then_it_is_kept_out_unless_it_is_asked_for() {
    assert_eq!(vocabulary().wording("frying pan").never, ["pan pipe"]);
    assert_eq!(vocabulary().wording("pan pipe").never, Vec::<String>::new());
    assert_eq!(vocabulary().wording("pandora").never, Vec::<String>::new());
}

#[test]
fn given_a_vocabulary_that_cannot_be_used_when_checked_then_the_error_points_to_it() {
    let pointer = |vocabulary: Vocabulary| vocabulary.check().unwrap_err().pointer;
    let two_way = |group: &[&str]| Vocabulary { two_way: vec![texts(group)], ..Vocabulary::default() };
    assert_eq!(pointer(two_way(&["sofa"])), "/twoWay/0");
    assert_eq!(pointer(two_way(&["sofa", "--"])), "/twoWay/0/1");
    assert_eq!(pointer(two_way(&["sofa", "a b c d e f"])), "/twoWay/0/1");
    assert_eq!(pointer(two_way(&["sofa", &"x".repeat(61)])), "/twoWay/0/1");
    let never = Never { query: "green apple".to_owned(), product: "Apple".to_owned() };
    assert_eq!(pointer(Vocabulary { never: vec![never], ..Vocabulary::default() }), "/never/0/product");
    let many = vec![texts(&["a", "b"]); 501];
    assert_eq!(pointer(Vocabulary { two_way: many, ..Vocabulary::default() }), "");
    assert_eq!(vocabulary().check(), Ok(()));
}

proptest! {
    #[test]
    fn no_vocabulary_makes_a_query_grow_beyond_its_bounds(
        groups in proptest::collection::vec(proptest::collection::vec("[ab]{1,2}( [ab])?", 2..5), 0..6),
        query in "[ab]{1,2}( [ab]{1,2}){0,19}",
    ) {
        let vocabulary = Vocabulary { two_way: groups, ..Vocabulary::default() };
        let wording = vocabulary.wording(&query);
        prop_assert_eq!(&wording.readings[0], &query);
        prop_assert!(wording.readings.len() <= MOST_READINGS);
        let words: usize = wording.readings.iter().map(|reading| reading.split(' ').count()).sum();
        prop_assert!(words <= MOST_WORDS_OF_ALL.max(query.split(' ').count()));
    }
}
