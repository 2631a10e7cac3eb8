//! A product's address: words for people, and the id, which alone decides.

use deunicode::deunicode;
use rialto_http::holds_card_number;
use rialto_kernel::ProductId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{edit::TextError, product::Product};

/// The most characters of the words.
const WORDS_CHARS: usize = 60;
const HYPHEN: char = '-';

/// The words of an address, as a seller sets them; empty for those of the title.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(as = ProductSlugWords, value_type = String, max_length = 60, pattern = r"^([a-z0-9]+(-[a-z0-9]+)*)?$", example = "walnut-desk-lamp")]
pub struct SlugWords(String);

impl TryFrom<String> for SlugWords {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if !text.is_empty() && !text.split(HYPHEN).all(is_word) {
            return Err(TextError::new("must be words of a-z and 0-9 with a hyphen between them, or empty"));
        }
        if text.len() > WORDS_CHARS {
            return Err(TextError::new(format!("must have at most {WORDS_CHARS} characters")));
        }
        Ok(Self(text))
    }
}

impl SlugWords {
    /// The words, if there are any.
    #[must_use]
    pub fn given(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.clone())
    }
}

impl Product {
    /// Its address now: the words that were set, or those of its title, and its id; the id alone where no words can be made.
    #[must_use]
    pub fn slug(&self) -> String {
        let set = self.storefront.slug_words.clone();
        let title = self.main.as_ref().map_or("", |main| main.title.as_str());
        match set.unwrap_or_else(|| words_of(title)) {
            words if words.is_empty() => self.id.to_string(),
            words => format!("{words}{HYPHEN}{}", self.id),
        }
    }
}

/// The product that an address means, whatever its words.
#[must_use]
pub fn product_of(slug: &str) -> Option<ProductId> {
    slug.rsplit(HYPHEN).next()?.parse().ok()
}

/// A title in lower-case ASCII, as many of its words as there is room for. None where digits of other scripts, or what stands
/// between digits, would turn into what looks like a card number.
fn words_of(title: &str) -> String {
    // Not a word's end: "chef's" is one word.
    let ascii = deunicode(title).replace('\'', "");
    let mut words = String::new();
    for word in ascii.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = word.to_ascii_lowercase();
        if words.is_empty() {
            words = word.chars().take(WORDS_CHARS).collect();
        } else if words.len().saturating_add(word.len()) < WORDS_CHARS {
            words.push(HYPHEN);
            words.push_str(&word);
        } else {
            break;
        }
    }
    if holds_card_number(&words) { String::new() } else { words }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rialto_kernel::SellerId;

    use super::*;
    use crate::domain::product::Main;

    fn product(title: &str) -> Product {
        let empty = Product::unknown(ProductId::named(&["p"]), SellerId::named(&["s"]));
        let variant_id = rialto_kernel::VariantId::named(&["v"]);
        let main = Main {
            variant_id,
            title: title.to_owned(),
            description: String::new(),
            brand: None,
            category_path: Vec::new(),
            tags: Vec::new(),
        };
        Product { main: Some(main), ..empty }
    }

    #[test]
    fn given_titles_of_the_world_when_written_as_words_then_they_are_ascii_and_cut_at_a_word() {
        let sixty = "x".repeat(60);
        for (title, words) in [
            ("Walnut desk lamp", "walnut-desk-lamp"),
            ("  Chef\u{2019}s Knife -- 8\" / 20 cm! ", "chefs-knife-8-20-cm"),
            ("Größe 42: Crème brûlée", "grosse-42-creme-brulee"),
            ("Cre\u{300}me", "creme"),
            ("Настольная лампа", "nastolnaia-lampa"),
            ("北京 灯", "bei-jing-deng"),
            ("...", ""),
            ("\u{E000}", ""),
            (&format!("{sixty}y z"), &sixty),
            (&format!("{} yy z", "x".repeat(57)), &format!("{}-yy", "x".repeat(57))),
            (&format!("{} yy z", "x".repeat(58)), &"x".repeat(58)),
            // A title may say this: digits with slashes between are no card number. An address may not.
            ("4111/1111/1111/1111", ""),
        ] {
            assert_eq!(words_of(title), words, "{title}");
        }
        assert_eq!(product("...").slug(), ProductId::named(&["p"]).to_string());
    }

    #[test]
    fn given_words_that_are_set_when_read_then_they_stand_for_the_title_until_they_are_empty() {
        let read = |text: &str| SlugWords::try_from(text.to_owned());
        let mut lamp = product("Lamp");
        lamp.storefront.slug_words = read("best-lamp-2").unwrap().given();
        assert_eq!(lamp.slug(), format!("best-lamp-2-{}", lamp.id));
        lamp.storefront.slug_words = read("").unwrap().given();
        assert_eq!(lamp.slug(), format!("lamp-{}", lamp.id));
        assert!(read(&"x".repeat(60)).is_ok());
        for wrong in ["-", "a-", "-a", "a--b", "A", "a b", "a_b", "é", "a/b", &"x".repeat(61)] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn given_an_address_when_read_then_its_id_alone_decides() {
        let id = ProductId::named(&["p"]);
        for slug in [format!("{id}"), format!("lamp-{id}"), format!("Any thing-at--all/{id}-{id}"), format!("-{id}")] {
            assert_eq!(product_of(&slug), Some(id), "{slug}");
        }
        for slug in ["", "lamp", &format!("lamp{id}"), &format!("{id}-lamp"), &format!("lamp-{id}").to_uppercase()] {
            assert_eq!(product_of(slug), None, "{slug}");
        }
    }

    proptest! {
        #[test]
        fn given_any_title_when_made_an_address_then_it_leads_back_and_can_be_asked_for(title in "\\PC{0,200}|[0-9٠-٩ ./_-]{0,60}") {
            let product = product(&title);
            let slug = product.slug();
            prop_assert_eq!(product_of(&slug), Some(product.id));
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b)));
            let words = slug.strip_suffix(&product.id.to_string()).unwrap().trim_end_matches(HYPHEN);
            prop_assert!(SlugWords::try_from(words.to_owned()).is_ok(), "{}", words);
            prop_assert!(!holds_card_number(&slug), "{}", slug);
        }
    }
}
