//! Who may call a route is said three times: by the handler's second argument, which decides; by `x-rialto-caller`, which the
//! contract shows; and by the bin, which runs the handler. Here they are compared in the sources.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use acceptance::{contract, repository};
use syn::{Attribute, FnArg, Item, ItemFn, Type};

/// A handler with a route of its own.
struct Handler {
    /// The type of its second argument.
    argument: String,
    /// The type in `json!(Type::NAME)`, or the text in `json!("name")`.
    documented: String,
}

/// By `operation_id`.
fn handlers() -> BTreeMap<String, (String, Handler)> {
    let mut found = BTreeMap::new();
    for service in fs::read_dir(repository().join("functions")).unwrap() {
        for file in sources(&service.unwrap().path().join("src/handlers")) {
            for function in functions(&file) {
                let Some(path) = function.attrs.iter().find(|attribute| is_route(attribute)) else { continue };
                let handler = Handler { argument: second_argument(&function), documented: documented(path) };
                found.insert(quoted(path, "operation_id"), (function.sig.ident.to_string(), handler));
            }
        }
    }
    found
}

/// The files of a folder and of those in it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

fn functions(file: &Path) -> Vec<ItemFn> {
    let source = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap();
    source
        .items
        .into_iter()
        .filter_map(|item| if let Item::Fn(function) = item { Some(function) } else { None })
        .collect()
}

fn is_route(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|segment| segment.ident == "path")
}

/// The attribute's text without spaces.
fn text(attribute: &Attribute) -> String {
    let tokens = attribute.meta.require_list().unwrap().tokens.to_string();
    tokens.split_whitespace().collect()
}

fn quoted(attribute: &Attribute, name: &str) -> String {
    let text = text(attribute);
    text.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn documented(attribute: &Attribute) -> String {
    let text = text(attribute);
    let value =
        text.split("\"x-rialto-caller\"=json!(").nth(1).unwrap_or_default().split(')').next().unwrap_or_default();
    value.trim_matches('"').trim_end_matches("::NAME").to_owned()
}

fn second_argument(function: &ItemFn) -> String {
    let Some(FnArg::Typed(argument)) = function.sig.inputs.get(1) else { return String::new() };
    let Type::Path(path) = &*argument.ty else { return String::new() };
    path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// `ShopperOrOperator` as its `Caller::NAME`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[test]
fn given_the_handlers_when_read_then_each_is_documented_for_the_callers_that_its_type_lets_in() {
    let handlers = handlers();
    let routes = contract().unwrap().routes();
    for route in &routes {
        let (name, handler) =
            handlers.get(&route.operation_id).unwrap_or_else(|| panic!("{}: no handler", route.operation_id));
        let documented = if handler.documented == route.caller { &route.caller } else { &snake(&handler.documented) };
        assert_eq!(*documented, snake(&handler.argument), "{name} lets in other callers than it documents");
        assert_eq!(route.caller, snake(&handler.argument), "{name}: the contract says otherwise");
    }
    assert_eq!(routes.len(), handlers.len(), "a handler with a route that its service's contract does not list");
}

#[test]
fn given_the_bins_when_read_then_each_runs_the_handler_of_its_route() {
    let handlers = handlers();
    for route in contract().unwrap().routes().into_iter().filter(|route| route.function == route.operation_id) {
        let service = route.function.split('-').next().unwrap();
        let bin = repository().join(format!("functions/{service}/src/bin/{}.rs", route.function));
        let source: String = fs::read_to_string(&bin).unwrap().split_whitespace().collect();
        let (name, _) = &handlers[&route.operation_id];
        let runs =
            source.split("rialto_http::run(").nth(1).and_then(|rest| rest.split(").await").next()).unwrap_or_default();
        let ran = runs.trim_end_matches(',').rsplit([',', ':']).next().unwrap_or_default();
        assert_eq!(ran, name, "{}", bin.display());
    }
}
