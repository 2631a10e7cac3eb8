use super::*;

fn id(name: &str) -> ImageId {
    ImageId::named(&[name])
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn asked(now: Timestamp) -> Asked {
    Asked::awaiting(MediaType::Jpeg, Alt::default(), now)
}

fn refused(now: Timestamp) -> Asked {
    Asked { refusal: Some(Refusal::unreadable()), expires_at: Asked::told_until(now), ..asked(now) }
}

const NOW: &str = "2026-01-01T00:00:00Z";

#[test]
fn given_a_key_when_read_then_it_is_whose_it_was_made_for_and_others_are_nobodys() {
    let original =
        Original { seller_id: SellerId::named(&["s"]), product_id: ProductId::named(&["p"]), image_id: id("i") };
    let key = original.key();
    assert_eq!(Original::parse(&key), Some(original));
    let product = original.product_id;
    for other in
        ["", "originals", &format!("{key}/x"), &key.replace("originals", "uploads"), &key.replace("img_", "prd_")]
    {
        assert_eq!(Original::parse(other), None, "{other}");
    }
    assert_eq!(original.public_key(480, "ab"), format!("products/{product}/{}/480-ab.jpg", original.image_id));
}

#[test]
fn given_an_album_when_asked_for_more_then_waiting_and_ready_ones_count_and_refused_ones_do_not() {
    let now = at(NOW);
    let mut album = Album::default();
    for n in 0..5 {
        album.images.insert(id(&format!("refused {n}")), refused(now));
    }
    for n in 0..12 {
        album = album.asking(id(&n.to_string()), asked(now), 8, now).unwrap();
    }
    assert_eq!(album.images.len(), 17);
    assert_eq!(album.asking(id("more"), asked(now), 8, now), None);
    assert!(album.asking(id("more"), asked(now), 7, now).is_some());
    // A day later none of those waits any more.
    let later = at("2026-01-02T00:00:00Z");
    let next = album.asking(id("more"), asked(later), 19, later).unwrap();
    assert_eq!(next.told(later).len(), 6, "five refusals and the new one");
    assert_eq!(album.asking(id("more"), asked(later), PICTURES, later), None);
    assert_eq!(next.expires_at(), Some(at("2026-01-08T00:00:00Z")));
}

#[test]
fn given_refusals_without_end_when_asked_again_and_again_then_the_album_stays_small_and_tells_the_newest() {
    let mut album = Album::default();
    for n in 0..100 {
        let now = at(NOW).saturating_add(SignedDuration::from_mins(n)).unwrap();
        album = album.asking(id(&n.to_string()), asked(now), 0, now).unwrap();
        album.images.insert(id(&n.to_string()), refused(now));
    }
    assert_eq!(album.images.len(), REFUSALS + 1);
    for n in 79..100 {
        assert!(album.images.contains_key(&id(&n.to_string())), "{n}");
    }
}

#[test]
fn given_an_album_that_was_removed_when_begun_again_then_no_version_comes_twice() {
    let (now, later) = (at(NOW), at("2026-01-09T00:00:00Z"));
    let mut album = Album::default();
    for n in 0..20 {
        album = album.asking(id(&n.to_string()), asked(now), 0, now).unwrap();
    }
    let again = Album::default().asking(id("a"), asked(later), 0, later).unwrap();
    assert!(again.version > album.version);
    let backwards = again.asking(id("b"), asked(now), 0, now).unwrap();
    assert!(backwards.version > again.version, "a clock that goes back changes nothing of that");
}

#[test]
fn given_a_text_when_it_is_to_describe_a_picture_then_it_is_one_line_within_bounds() {
    for text in ["", " A lamp ", &"x".repeat(250)] {
        assert_eq!(String::from(Alt::try_from(text.to_owned()).unwrap()), text.trim());
    }
    for text in ["a\nb", "a\u{0}", &"x".repeat(251)] {
        assert!(Alt::try_from(text.to_owned()).is_err(), "{text}");
    }
}

#[test]
fn given_a_file_with_too_many_bytes_when_judged_then_it_is_refused_and_says_how_many_may_be() {
    assert_eq!(Refusal::of_bytes(FILE_BYTES), None);
    let refusal = Refusal::of_bytes(FILE_BYTES + 1).unwrap();
    assert_eq!(refusal.code, RefusalCode::TooManyBytes);
    assert!(refusal.detail.contains("10000000"), "{}", refusal.detail);
}
