use proptest::prelude::*;

use super::*;
use crate::domain::category::Moved;

fn path(text: &str) -> Vec<String> {
    text.split('>').map(str::to_owned).collect()
}

fn standing(text: &str) -> (CategoryId, Category) {
    let category = Category::at(&path(text));
    (category.category_id, category)
}

fn moved(text: &str, to: &str, tree: u64) -> (CategoryId, Category) {
    let category = Category { moved: Some(Moved { to: path(to), tree }), ..Category::at(&path(text)) };
    (category.category_id, category)
}

fn led(text: &str, places: &Places) -> Led {
    let mut way = Way::from(&path(text));
    while let Some(next) = way.next(places) {
        assert!(next.tree > way.tree);
        way = next;
    }
    way.end(places)
}

fn leads_to(text: &str, places: &Places) -> String {
    led(text, places).path.join(">")
}

#[test]
fn given_moves_when_a_path_is_followed_then_they_are_applied_in_their_order() {
    let places =
        Places::from([moved("A", "B", 3), moved("A>x", "C", 1), standing("B"), moved("B", "D>B", 5), standing("C")]);
    assert_eq!(leads_to("A>y>z", &places), "D>B>y>z");
    // x left A before A became B.
    assert_eq!(leads_to("A>x>z", &places), "C>z");
    assert_eq!(leads_to("a>X", &places), "C");
    assert_eq!(leads_to("Other", &places), "Other");
}

#[test]
fn given_a_move_there_and_back_when_followed_then_the_path_is_where_it_was() {
    let places = Places::from([standing("A"), moved("B", "A", 2), moved("A>x", "B>x", 1), moved("B>x", "A>x", 2)]);
    let led = led("A>x", &places);
    assert_eq!(led.path, path("A>x"));
    // What tells of the earlier move gives way to the category.
    assert_eq!(led.missing.iter().map(|missing| missing.replaces).collect::<Vec<_>>(), [Some(1)]);
    assert_eq!(led.missing[0].category, Category { version: 2, ..Category::at(&path("A>x")) });
}

#[test]
fn given_another_case_when_followed_then_it_is_as_the_categories_are_written_and_the_rest_is_to_be_entered() {
    let places = Places::from([standing("Home"), standing("Home>Lighting")]);
    let led = led("HOME>lighting>Lamps", &places);
    assert_eq!(led.path, path("Home>Lighting>Lamps"));
    assert_eq!(led.missing, [Missing { category: Category::at(&path("Home>Lighting>Lamps")), replaces: None }]);
}

#[test]
fn given_a_path_that_comes_to_lie_too_deep_when_followed_then_it_ends_at_the_deepest_level() {
    let places = Places::from([moved("A", "B>C>D", 1)]);
    assert_eq!(leads_to("A>x>y>z", &places), "B>C>D>x>y");
}

#[test]
fn given_paths_when_compared_then_levels_count_and_case_does_not() {
    for (one, above, within) in [("A>b", "a", true), ("A", "A>b", false), ("Ab", "A", false), ("A>b", "A>B", true)] {
        assert_eq!(is_within(&path(one), &path(above)), within, "{one} {above}");
    }
}

proptest! {
    /// Whatever stands at the places, loops included.
    #[test]
    fn given_any_places_when_followed_then_every_way_ends(
        moves in prop::collection::vec(("[AB](>[AB]){0,2}", "[AB](>[AB]){0,4}", 1_u64..9), 0..12),
        from in "[AB](>[AB]){0,4}",
    ) {
        let places: Places = moves.iter().map(|(at, to, tree)| moved(at, to, *tree)).collect();
        let led = led(&from, &places);
        prop_assert!(led.path.len() <= CATEGORY_DEPTH && led.missing.len() == led.path.len());
    }
}
