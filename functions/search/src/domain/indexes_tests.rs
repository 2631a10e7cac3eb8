#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn part(next: Option<u32>) -> Walked {
    let next = next.map(|number| ProductId::named(&[&number.to_string()]));
    Walked { products: 10, repaired: 1, next }
}

/// Rebuilt into `index`, which is searched.
fn rebuilt(indexes: &Indexes, index: &str, second: i64) -> Indexes {
    let started = indexes.start(index.to_owned(), None, at(second)).unwrap();
    started.made(20, at(second)).copied(part(None), at(second)).verified(part(None), at(second))
}

#[test]
fn given_a_rebuilding_when_it_goes_on_then_what_is_searched_stays_written_and_the_new_one_is_once_it_is_made() {
    let first = Indexes::first("a".to_owned());
    let started = first.start("b".to_owned(), None, at(1)).unwrap();
    assert_eq!(started.targets(), ["a"], "nobody writes to what is not made yet");
    assert!(started.start("c".to_owned(), None, at(1)).is_none(), "one at a time");
    let copying = started.made(20, at(2)).copied(part(Some(1)), at(3));
    assert_eq!((copying.targets(), copying.after), (vec!["a".to_owned(), "b".to_owned()], part(Some(1)).next));
    let verifying = copying.copied(part(None), at(4)).verified(part(Some(2)), at(5));
    assert_eq!((verifying.serving.as_str(), verifying.targets().len()), ("a", 2));
    let done = verifying.verified(part(None), at(6));
    assert_eq!((done.serving.as_str(), done.previous.as_deref(), done.after), ("b", Some("a"), None));
    assert_eq!(done.targets(), ["b", "a"]);
    let rebuild = done.rebuild.as_ref().unwrap();
    assert_eq!((rebuild.phase, rebuild.copied, rebuild.verified, rebuild.repaired), (Phase::Done, 20, 20, 2));
    assert_eq!(done.version, 7, "each change is one version");
}

#[test]
fn given_a_second_rebuilding_when_done_then_the_oldest_index_is_deleted_once_nobody_uses_it() {
    let second = rebuilt(&rebuilt(&Indexes::first("a".to_owned()), "b", 10), "c", 100);
    assert_eq!(second.targets(), ["c", "b"]);
    assert_eq!(second.disused(at(399)), Vec::<String>::new());
    assert_eq!(second.disused(at(400)), ["a"]);
    let cleaned = second.cleaned(at(400));
    assert_eq!((cleaned.retired.as_slice(), cleaned.version), ([].as_slice(), second.version + 1));
}

#[test]
fn given_what_is_running_or_done_when_rolled_back_then_what_was_searched_is() {
    let first = Indexes::first("a".to_owned());
    assert_eq!(first.roll_back(at(1)), None);
    let copying = first.start("b".to_owned(), None, at(1)).unwrap().made(9, at(1));
    let abandoned = copying.roll_back(at(2)).unwrap();
    assert_eq!((abandoned.targets(), abandoned.disused(at(302))), (vec!["a".to_owned()], vec!["b".to_owned()]));
    assert!(abandoned.running().is_none());
    let done = rebuilt(&abandoned, "c", 3);
    let back = done.roll_back(at(4)).unwrap();
    assert_eq!((back.serving.as_str(), back.targets()), ("a", vec!["a".to_owned(), "c".to_owned()]));
    assert_eq!(back.rebuild.as_ref().map(|rebuild| rebuild.phase), Some(Phase::RolledBack));
    let forth = back.roll_back(at(5)).unwrap();
    assert_eq!((forth.serving.as_str(), forth.rebuild.map(|rebuild| rebuild.phase)), ("c", Some(Phase::Done)));
}

#[test]
fn given_the_name_of_an_index_when_read_then_it_tells_whether_its_definition_is_the_current_one() {
    let current = Indexes::first(Indexes::named("dev-products", at(1)));
    assert!(current.is_current("dev-products"));
    let old = Indexes::first(format!("dev-products-v{}-1", DEFINITION_VERSION - 1));
    assert!(!old.is_current("dev-products"));
    let rebuilding = old.start(Indexes::named("dev-products", at(1)), None, at(1)).unwrap();
    assert!(rebuilding.is_current("dev-products"), "it will be");
    assert!(!Indexes::first(format!("dev-products-v{DEFINITION_VERSION}0-1")).is_current("dev-products"));
}
