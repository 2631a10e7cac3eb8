//! Facets: what there is to narrow a search to, and how many products each choice would leave.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    escape::{attribute_key, split_once, unescaped},
    filters::{CategoryPath, Filters, PriceRange},
    fold::folded,
    prices::{PriceFacet, price_bands, price_counts},
};

const MOST_BRANDS: u32 = 30;
const MOST_CATEGORIES: u32 = 50;
const MOST_SELLERS: u32 = 20;
/// Values of all attributes together, the most frequent first.
const MOST_ATTRIBUTE_VALUES: u32 = 120;
const MOST_ATTRIBUTES: usize = 12;
const MOST_VALUES: usize = 20;
/// Spellings among which that of a value is looked for.
const SPELLINGS: u32 = 8;

/// By filter: the values it can have, with the number of products if it were set so and the others as they are.
/// Each value can be put into `filters` as it stands, once its special characters are escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Facets {
    /// The most frequent brands.
    pub brand: Vec<FacetValue>,
    /// The most frequent categories of every level.
    pub category: Vec<CategoryFacet>,
    /// Bands of the best offer's price, chosen so that each has about as many products.
    pub price: Vec<PriceFacet>,
    /// Whether products can be bought now: `true`, `false`.
    pub available: Vec<FacetValue>,
    /// The sellers with most products, by id.
    pub seller: Vec<FacetValue>,
    /// The most frequent attributes and options of the products found, for filters `attr.<name>`.
    pub attributes: Vec<AttributeFacet>,
}

/// A value of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// For the filter: in lower case and without accents.
    #[schema(example = "sony")]
    pub value: String,
    /// To show.
    #[schema(example = "Sony")]
    pub label: String,
    /// Products.
    pub count: u64,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryFacet {
    /// For the filter.
    #[schema(example = "audio>headphones")]
    pub value: String,
    /// To show, from the department down.
    pub path: Vec<String>,
    /// Products in it and below it.
    pub count: u64,
}

/// An attribute or option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttributeFacet {
    /// For the filter: `attr.<name>`.
    #[schema(example = "color")]
    pub name: String,
    /// Its values.
    pub values: Vec<FacetValue>,
}

/// The filters as clauses, by the facet that each belongs to. Each narrows the products but only the *other* facets: a
/// shopper who chose one brand still sees how many there are of the next. They are therefore a post filter, repeated inside
/// the facets.
pub(super) struct Narrowing(Vec<(String, Value)>);

impl Narrowing {
    pub(super) fn of(filters: &Filters) -> Self {
        let mut clauses = Vec::new();
        let mut add = |name: &str, clause: Value| clauses.push((name.to_owned(), clause));
        if !filters.brands.is_empty() {
            add("brand", json!({"terms": {"brand.key": filters.brands}}));
        }
        if !filters.categories.is_empty() {
            let keys: Vec<String> = filters.categories.iter().map(CategoryPath::key).collect();
            add("category", json!({"terms": {"category": keys}}));
        }
        if !filters.prices.is_empty() {
            let ranges: Vec<Value> = filters.prices.iter().map(|range| price_clause(*range)).collect();
            add("price", json!({"bool": {"should": ranges, "minimum_should_match": 1}}));
        }
        if let Some(available) = filters.available {
            add("available", json!({"term": {"available": available}}));
        }
        if !filters.sellers.is_empty() {
            add("seller", json!({"terms": {"item.sellerId": filters.sellers}}));
        }
        for (name, values) in &filters.attributes {
            let keys: Vec<String> = values.iter().map(|value| attribute_key(name, value)).collect();
            add(&attribute_facet(name), json!({"terms": {"attr": keys}}));
        }
        Self(clauses)
    }

    pub(super) fn all_but(&self, facet: Option<&str>) -> Vec<&Value> {
        self.0.iter().filter(|(name, _)| facet != Some(name)).map(|(_, clause)| clause).collect()
    }
}

fn attribute_facet(name: &str) -> String {
    format!("attr.{}", folded(name))
}

fn price_clause(range: PriceRange) -> Value {
    match (range.from(), range.to()) {
        (Some(from), Some(to)) => json!({"range": {"price": {"gte": from, "lte": to}}}),
        (Some(from), None) => json!({"range": {"price": {"gte": from}}}),
        (None, to) => json!({"range": {"price": {"lte": to}}}),
    }
}

/// What to count.
pub(super) fn facet_counts(filters: &Filters, narrowing: &Narrowing) -> Value {
    let mut facets = serde_json::Map::new();
    let mut add = |name: &str, counts: Value| {
        let filter = json!({"bool": {"filter": narrowing.all_but(Some(name))}});
        facets.insert(name.to_owned(), json!({"filter": filter, "aggs": {"counts": counts}}));
    };
    let written = |field: &str, size: u32| json!({"written": {"terms": {"field": field, "size": size}}});
    let terms = |field: &str, size: u32| json!({"terms": {"field": field, "size": size}});
    add("brand", json!({"terms": {"field": "brand.key", "size": MOST_BRANDS}, "aggs": written("brand.written", 1)}));
    let categories = json!({"field": "category", "size": MOST_CATEGORIES});
    add("category", json!({"terms": categories, "aggs": written("categoryPath", 1)}));
    add("price", price_counts());
    add("available", terms("available", 2));
    add("seller", terms("item.sellerId", MOST_SELLERS));
    let all = json!({"field": "attr", "size": MOST_ATTRIBUTE_VALUES});
    add("attributes", json!({"terms": all, "aggs": written("attr.written", SPELLINGS)}));
    for name in filters.attributes.keys() {
        let values = json!({"field": "attr", "size": MOST_VALUES, "include": keys_of(name)});
        add(&attribute_facet(name), json!({"terms": values, "aggs": written("attr.written", SPELLINGS)}));
    }
    Value::Object(facets)
}

/// The expression that finds the keys of one attribute; every sign of its name stands for itself.
fn keys_of(name: &str) -> String {
    let mut pattern = String::new();
    for c in folded(&attribute_key(name, "")).chars() {
        if !c.is_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    format!("{pattern}.*")
}

/// What was counted: by facet.
pub(super) type Counted = HashMap<String, Facet>;

/// The count of one facet: how many products it was counted over, and its values.
#[derive(Debug, Deserialize)]
pub(super) struct Facet {
    doc_count: u64,
    #[serde(default)]
    counts: Counts,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Counts {
    pub(super) buckets: Vec<Bucket>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Bucket {
    #[serde(default)]
    key_as_string: Option<String>,
    key: Value,
    doc_count: u64,
    #[serde(default)]
    written: Option<Counts>,
}

/// How many products were counted under a name.
pub(super) fn count_of(counted: &Counted, name: &str) -> Option<u64> {
    counted.get(name).map(|facet| facet.doc_count)
}

/// The facets of what was counted.
pub(super) fn read_facets(filters: &Filters, counted: &Counted) -> Facets {
    let buckets = |name: &str| counted.get(name).map(|facet| facet.counts.buckets.as_slice()).unwrap_or_default();
    let counts: Vec<u64> = buckets("price").iter().map(|bucket| bucket.doc_count).collect();
    Facets {
        brand: buckets("brand").iter().map(Bucket::value).collect(),
        category: buckets("category").iter().map(Bucket::category).collect(),
        price: price_bands(&counts),
        available: buckets("available").iter().map(Bucket::value).collect(),
        seller: buckets("seller").iter().map(Bucket::value).collect(),
        attributes: attributes(filters, &buckets),
    }
}

/// The attributes that most products have, and those that the search is narrowed by.
fn attributes<'a>(filters: &Filters, buckets: &dyn Fn(&str) -> &'a [Bucket]) -> Vec<AttributeFacet> {
    let grouped = |buckets: &[Bucket]| {
        let mut by_name: BTreeMap<String, Vec<FacetValue>> = BTreeMap::new();
        for (name, value) in buckets.iter().filter_map(Bucket::attribute) {
            by_name.entry(name).or_default().push(value);
        }
        by_name
    };
    let mut by_name = grouped(buckets("attributes"));
    let chosen: Vec<String> = filters.attributes.keys().map(|name| attribute_facet(name)).collect();
    let products = |values: &Vec<FacetValue>| values.iter().map(|value| value.count).sum::<u64>();
    let mut by_frequency: Vec<(String, u64)> =
        by_name.iter().map(|(name, values)| (name.clone(), products(values))).collect();
    by_frequency.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (name, _) in by_frequency.into_iter().skip(MOST_ATTRIBUTES) {
        by_name.remove(&name);
    }
    // All values of these are counted without the choice among them.
    for facet in chosen {
        by_name.extend(grouped(buckets(&facet)));
    }
    let facets = by_name
        .into_iter()
        .map(|(name, values)| AttributeFacet { name, values: values.into_iter().take(MOST_VALUES).collect() });
    facets.collect()
}

impl Bucket {
    pub(super) fn key(&self) -> String {
        let text = self.key_as_string.clone().or_else(|| self.key.as_str().map(str::to_owned));
        text.unwrap_or_else(|| self.key.to_string())
    }

    fn spellings(&self) -> impl Iterator<Item = String> {
        self.written.iter().flat_map(|written| &written.buckets).map(Self::key)
    }

    pub(super) fn value(&self) -> FacetValue {
        let value = self.key();
        FacetValue { label: self.spellings().next().unwrap_or_else(|| value.clone()), value, count: self.doc_count }
    }

    /// The most frequent spelling of the key in the products.
    pub(super) fn category(&self) -> CategoryFacet {
        let value = self.key();
        let levels = value.split('>').count();
        let path = self.spellings().next().unwrap_or_else(|| value.clone());
        let path = path.split('>').take(levels).map(str::to_owned).collect();
        CategoryFacet { value, path, count: self.doc_count }
    }

    /// Name and value of the key of an attribute.
    fn attribute(&self) -> Option<(String, FacetValue)> {
        let key = self.key();
        let (name, value) = split_once(&key, ':')?;
        let spelling = self.spellings().find(|spelling| folded(spelling) == key);
        let label =
            spelling.as_deref().and_then(|spelling| split_once(spelling, ':')).map_or(value, |(_, label)| label);
        let facet = FacetValue { value: value.to_owned(), label: label.to_owned(), count: self.doc_count };
        Some((unescaped(name).ok()?, facet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_name_full_of_signs_when_its_values_are_looked_for_then_each_stands_for_itself() {
        assert_eq!(keys_of("Color"), r"color\:.*");
        assert_eq!(keys_of("a.*|b:(c"), r"a\.\*\\\|b\\\:\(c\:.*");
    }
}
