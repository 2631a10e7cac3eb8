//! A seller's sku as the catalogue last took it, and what a row means beside it.

use rialto_kernel::{ImportId, OfferId, ProductId, SellerId, VariantId};
use serde::{Deserialize, Serialize};

use super::reading::repeated_sku;
use super::row::{Row, RowError};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It changed the catalogue.
    Accepted,
    /// It says what the catalogue already has.
    Unchanged,
    /// It is in the report.
    Rejected,
}

/// Which row of which import touched a listing last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stamp {
    /// The import.
    pub import_id: ImportId,
    /// The line of its file.
    pub line: u64,
    /// What became of that row.
    pub outcome: Outcome,
}

/// A seller's sku: its ids and the row that was taken last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// Whose it is.
    pub seller_id: SellerId,
    /// The seller's own text.
    pub sku: String,
    /// The offer.
    pub offer_id: OfferId,
    /// The variant.
    pub variant_id: VariantId,
    /// The product that shows it.
    pub product_id: ProductId,
    /// [`Row::hash`] of the row that was taken last.
    pub row_hash: String,
    /// The tags of the last row whose file had the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Who touched it last.
    pub stamp: Stamp,
    /// Counts the writes.
    pub version: u64,
}

impl Listing {
    /// What the listing is once `row` is taken.
    #[must_use]
    pub fn taking(row: &Row, seller: SellerId, stamp: Stamp, before: Option<&Self>) -> Self {
        Self {
            seller_id: seller,
            sku: row.sku.clone(),
            offer_id: row.offer_id(seller),
            variant_id: row.variant_id(seller),
            product_id: row.product_id(seller),
            row_hash: row.hash(),
            tags: row.tags.clone().or_else(|| before.and_then(|listing| listing.tags.clone())),
            stamp,
            version: before.map_or(0, |listing| listing.version).saturating_add(1),
        }
    }
}

/// What there is to do about a good row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Write it.
    Changed,
    /// The catalogue already says so; only the stamp is new.
    Unchanged,
    /// This very row was already dealt with: a repeated or resumed run.
    Done(Outcome),
    /// An earlier row of the file has the same sku.
    Refused(RowError),
}

/// Judges the row on `line` of `import` by the listing of its sku.
#[must_use]
pub fn judge(row: &Row, line: u64, import: ImportId, listing: Option<&Listing>) -> Verdict {
    let Some(listing) = listing else { return Verdict::Changed };
    let stamp = &listing.stamp;
    if stamp.import_id == import && stamp.line < line {
        return Verdict::Refused(repeated_sku(stamp.line));
    }
    let says_new_tags = row.tags.is_some() && row.tags != listing.tags;
    let same = listing.row_hash == row.hash() && !says_new_tags;
    if stamp.import_id == import && stamp.line == line && same && stamp.outcome != Outcome::Rejected {
        return Verdict::Done(stamp.outcome);
    }
    if same { Verdict::Unchanged } else { Verdict::Changed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn row(price: &str) -> Row {
        let values =
            [("sku", "A"), ("title", "T"), ("category", "C"), ("price", price), ("currency", "USD"), ("quantity", "1")];
        Row::check(&values.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect::<BTreeMap<_, _>>()).unwrap()
    }

    #[test]
    fn given_a_listing_when_a_row_is_judged_then_hash_and_stamp_decide() {
        let (this, other) = (ImportId::named(&["1"]), ImportId::named(&["2"]));
        let seller = SellerId::named(&["s"]);
        let listing =
            |import_id, line, outcome| Listing::taking(&row("1.00"), seller, Stamp { import_id, line, outcome }, None);
        let accepted = listing(this, 5, Outcome::Accepted);
        let before = listing(other, 900, Outcome::Accepted);
        let rejected = listing(this, 5, Outcome::Rejected);
        for (price, line, listing, verdict) in [
            ("1.00", 5, None, Verdict::Changed),
            ("1.00", 5, Some(&before), Verdict::Unchanged),
            ("2.00", 5, Some(&before), Verdict::Changed),
            ("1.00", 5, Some(&accepted), Verdict::Done(Outcome::Accepted)),
            ("1.00", 6, Some(&accepted), Verdict::Refused(repeated_sku(5))),
            ("2.00", 6, Some(&accepted), Verdict::Refused(repeated_sku(5))),
            ("2.00", 5, Some(&rejected), Verdict::Changed),
            ("2.00", 6, Some(&rejected), Verdict::Refused(repeated_sku(5))),
        ] {
            assert_eq!(judge(&row(price), line, this, listing), verdict, "{price} on line {line}");
        }
    }

    #[test]
    fn given_rows_with_and_without_tags_when_judged_then_a_file_without_the_column_says_nothing_new() {
        let tagged = |tags: Option<&[&str]>| Row {
            tags: tags.map(|tags| tags.iter().map(|tag| (*tag).to_owned()).collect()),
            ..row("1.00")
        };
        let seller = SellerId::named(&["s"]);
        let stamp = |name: &str| Stamp { import_id: ImportId::named(&[name]), line: 2, outcome: Outcome::Accepted };
        let verdict = |row: &Row, listing: &Listing| judge(row, 2, ImportId::named(&["now"]), Some(listing));
        let first = Listing::taking(&tagged(Some(&["a"])), seller, stamp("1"), None);
        assert_eq!(verdict(&tagged(None), &first), Verdict::Unchanged);
        assert_eq!(verdict(&tagged(Some(&["a"])), &first), Verdict::Unchanged);
        assert_eq!(verdict(&tagged(Some(&[])), &first), Verdict::Changed);
        let then = Listing::taking(&tagged(None), seller, stamp("2"), Some(&first));
        assert_eq!(verdict(&tagged(Some(&["a"])), &then), Verdict::Unchanged, "it is remembered what a file said last");
        let never = Listing::taking(&tagged(None), seller, stamp("1"), None);
        assert_eq!(verdict(&tagged(Some(&["a"])), &never), Verdict::Changed);
    }
}
