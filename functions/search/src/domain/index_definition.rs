//! How the index reads texts and which fields it has.

use serde_json::{Value, json};

/// Longer texts are found by their words but not by a filter: Lucene refuses a term of more than 32 KiB.
const LONGEST_KEY: u32 = 1_000;

/// Settings and mappings of a product index.
///
/// - `english` folds accents and case, drops stop words and stems; `plain` only folds, and serves typing errors:
///   stems of a misspelt and of a right word can differ more than the words do.
/// - Keys (`folded`) are compared without regard to case and accents; facets show them with the text as it is written.
/// - One shard: counts of facets are exact, and a hundred thousand products are far from filling it.
#[must_use]
pub fn index_definition() -> Value {
    let key = json!({"type": "keyword", "normalizer": "folded", "ignore_above": LONGEST_KEY});
    let written = json!({"type": "keyword", "ignore_above": LONGEST_KEY});
    let words = json!({"type": "text", "analyzer": "english", "copy_to": "words"});
    let with_key = json!({"type": "text", "analyzer": "english", "copy_to": "words",
        "fields": {"key": key, "written": written}});
    json!({
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            // Said outright, as the default stops refreshing an index that nobody has searched for 30 s.
            "refresh_interval": "1s",
            "analysis": {
                "filter": {
                    "possessive": {"type": "stemmer", "language": "possessive_english"},
                    "stop_words": {"type": "stop", "stopwords": "_english_"},
                    "stems": {"type": "stemmer", "language": "english"}
                },
                "analyzer": {
                    "english": {"type": "custom", "tokenizer": "standard",
                        "filter": ["lowercase", "possessive", "asciifolding", "stop_words", "stems"]},
                    "plain": {"type": "custom", "tokenizer": "standard",
                        "filter": ["lowercase", "possessive", "asciifolding"]}
                },
                "normalizer": {"folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}}
            }
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "productId": {"type": "keyword"},
                "listed": {"type": "boolean"},
                "title": words,
                "brand": with_key,
                "description": {"type": "text", "analyzer": "english"},
                "categoryNames": words,
                "category": key,
                "categoryPath": written,
                "attributeValues": words,
                "attr": key,
                "skus": key,
                "words": {"type": "text", "analyzer": "plain"},
                "price": {"type": "long"},
                "currency": {"type": "keyword"},
                "available": {"type": "boolean"},
                "createdAt": {"type": "date"},
                "item": {"type": "object", "enabled": false}
            }
        }
    })
}
