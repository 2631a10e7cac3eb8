//! Texts without regard to case and accents, as the index's keys are.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// In lower case, without accents. The index folds some more letters (`ø`, `ł`), which no comparison here depends on but
/// for labels.
pub(super) fn folded(text: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    decomposed.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase).collect()
}

/// The words of a text, folded: what stands between signs and white space.
pub(super) fn folded_words(text: &str) -> Vec<String> {
    let folded = folded(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_accents_and_capitals_when_folded_then_they_are_gone() {
        assert_eq!(folded("CAFÉ Böse"), "cafe bose");
        assert_eq!(folded_words("  T-Shirt, “Größe” 42\" "), ["t", "shirt", "große", "42"]);
    }
}
