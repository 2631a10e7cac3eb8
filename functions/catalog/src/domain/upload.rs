//! Names of uploaded files: `uploads/<seller>/...`.

use percent_encoding::percent_decode_str;
use rialto_kernel::{ImportId, SellerId};
use thiserror::Error;

const UPLOADS: &str = "uploads";
const NAME_CHARS: usize = 100;

/// A file name that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be 1 to {NAME_CHARS} characters without slashes and control characters")]
pub struct FileNameError;

/// Whose upload a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The seller.
    pub seller_id: SellerId,
    /// The import that the key was made for, if it was.
    pub import_id: Option<ImportId>,
    /// The last part of the key.
    pub file_name: String,
}

/// The key under which the file of an import is uploaded.
///
/// # Errors
/// When the file's name cannot be used.
pub fn key(seller: SellerId, import: ImportId, file_name: &str) -> Result<String, FileNameError> {
    let name = file_name.trim();
    let usable = !name.is_empty()
        && name.chars().count() <= NAME_CHARS
        && !name.contains(['/', '\\'])
        && !name.contains("${")
        && !name.chars().any(char::is_control);
    if usable { Ok(format!("{UPLOADS}/{seller}/{import}/{name}")) } else { Err(FileNameError) }
}

/// The media type of a file by its name, and the part of it that an upload may not change.
#[must_use]
pub fn media_type(file_name: &str) -> (&'static str, &'static str) {
    let ending = file_name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if matches!(ending.as_str(), "jsonl" | "ndjson" | "json") {
        ("application/x-ndjson", "application/")
    } else {
        ("text/csv", "text/")
    }
}

/// A key as the bucket's notification writes it, decoded; `None` when it is not UTF-8.
#[must_use]
pub fn decode(key: &str) -> Option<String> {
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Reads a decoded key; `None` when it is no seller's upload.
#[must_use]
pub fn parse(key: &str) -> Option<Upload> {
    let parts: Vec<&str> = key.split('/').collect();
    let [UPLOADS, seller, rest @ ..] = parts.as_slice() else { return None };
    let file_name = (*rest.last()?).to_owned();
    let import_id = match rest {
        [import, _] => import.parse().ok(),
        _ => None,
    };
    (!file_name.is_empty()).then_some(Upload { seller_id: seller.parse().ok()?, import_id, file_name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_key_of_an_import_when_encoded_and_read_then_it_is_the_same() {
        let (seller, import) = (SellerId::named(&["s"]), ImportId::named(&["i"]));
        let key = key(seller, import, "spring list+50%.csv").unwrap();
        let encoded = key.replace('%', "%25").replace('+', "%2B").replace(' ', "+");
        assert_eq!(decode(&encoded).unwrap(), key);
        let upload = parse(&key).unwrap();
        assert_eq!((upload.seller_id, upload.import_id), (seller, Some(import)));
        assert_eq!(upload.file_name, "spring list+50%.csv");
    }

    #[test]
    fn given_a_key_of_ones_own_when_read_then_only_the_seller_counts() {
        let seller = SellerId::named(&["s"]);
        for key in [format!("uploads/{seller}/a.csv"), format!("uploads/{seller}/x/y/a.csv")] {
            let upload = parse(&key).unwrap();
            assert_eq!((upload.seller_id, upload.import_id, upload.file_name.as_str()), (seller, None, "a.csv"));
        }
        for key in ["uploads/a.csv", "reports/x/a.csv", "uploads/sel_1/a.csv", &format!("uploads/{seller}/"), ""] {
            assert_eq!(parse(key), None, "{key}");
        }
        assert_eq!(decode("uploads/%FF"), None);
    }

    #[test]
    fn given_a_bad_file_name_when_a_key_is_made_then_it_is_refused() {
        let (seller, import) = (SellerId::named(&["s"]), ImportId::named(&["i"]));
        for name in ["", " ", "a/b.csv", "..\\a", "a\nb", "${filename}", &"x".repeat(101)] {
            assert_eq!(key(seller, import, name), Err(FileNameError), "{name:?}");
        }
    }
}
