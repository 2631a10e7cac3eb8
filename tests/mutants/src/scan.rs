//! The mutants that the sources hold.
//!
//! Every call of a function of `rialto_dynamo::cond`, every `.when(..)` and `Check::of(..)` whose condition was built
//! elsewhere, and every `mutants::guard(..)`, in all modules of a crate's library that are not for tests only.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{
    Attribute, Expr, ExprCall, ExprMethodCall, ExprPath, File, ImplItemFn, Item, ItemFn, ItemMod, Local, Macro, Pat,
    Token, parse::Parser, punctuated::Punctuated, spanned::Spanned, visit, visit::Visit,
};

use crate::mutant::{How, Kind, Mutant};

const CONDITIONS: [&str; 15] = [
    "exists",
    "absent",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "between",
    "is_in",
    "begins_with",
    "contains",
    "all",
    "any",
    "not",
];
const WEAKER: [&str; 8] = ["eq", "lt", "le", "gt", "ge", "between", "is_in", "begins_with"];

/// What a crate holds.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) mutants: Vec<Mutant>,
    /// Places that are met when tests run: those of mutants, and those that would repeat one.
    pub(crate) places: BTreeSet<String>,
    /// Files that were read, relative to the repository.
    pub(crate) files: BTreeSet<String>,
    /// Lines of them, first and last, that are for tests only.
    pub(crate) tests: Vec<(String, usize, usize)>,
}

/// Reads the library of the crate in `folder` of the repository at `root`.
pub(crate) fn library(root: &Path, folder: &str, package: &str) -> Result<Scan, String> {
    let mut scan = Scan::default();
    let source = format!("{folder}/src");
    let mut waiting = vec![(PathBuf::from(format!("{source}/lib.rs")), PathBuf::from(&source))];
    let mut found = Vec::new();
    while let Some((file, children)) = waiting.pop() {
        let text = fs::read_to_string(root.join(&file)).map_err(|error| format!("{}: {error}", file.display()))?;
        let parsed: File = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        let path = file.display().to_string();
        let short = package.trim_start_matches("rialto-");
        let module = path.trim_start_matches(&source).trim_end_matches(".rs").trim_end_matches("/mod");
        let mut reader = Reader { file: path.clone(), module: format!("{short}{module}"), ..Reader::default() };
        reader.visit_file(&parsed);
        if let Some(refused) = reader.refused {
            return Err(refused);
        }
        for name in reader.modules {
            let (flat, nested) = (children.join(format!("{name}.rs")), children.join(&name).join("mod.rs"));
            let file = if root.join(&flat).exists() { flat } else { nested };
            waiting.push((file, children.join(name)));
        }
        found.extend(reader.found);
        scan.places.extend(reader.places);
        scan.tests.extend(reader.tests.into_iter().map(|(first, last)| (path.clone(), first, last)));
        scan.files.insert(path);
    }
    found.sort_by(|one, other| (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column)));
    scan.mutants = named(found, package);
    Ok(scan)
}

/// A name stays while its function keeps its conditions: it has no line.
fn named(found: Vec<Found>, package: &str) -> Vec<Mutant> {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for one in &found {
        *count.entry(one.label.clone()).or_default() += 1;
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut mutants = Vec::new();
    for one in found {
        let nth = seen.entry(one.label.clone()).or_default();
        *nth += 1;
        let label = if count.get(&one.label) == Some(&1) { one.label.clone() } else { format!("{}-{nth}", one.label) };
        for how in one.hows {
            mutants.push(Mutant {
                name: format!("{label}/{}", how.name()),
                site: format!("{}:{}:{}", one.file, one.line, one.column),
                package: package.to_owned(),
                kind: one.kind,
                how,
            });
        }
    }
    mutants
}

struct Found {
    label: String,
    file: String,
    line: usize,
    column: usize,
    kind: Kind,
    hows: Vec<How>,
}

/// What the condition that is read next is part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Whole,
    All,
    Any,
    Not,
}

#[derive(Default)]
struct Reader {
    file: String,
    module: String,
    functions: Vec<String>,
    within: Within,
    /// Of the function that is read: names bound to conditions that are built there, and how often each is attached.
    bound: BTreeSet<String>,
    attached: BTreeMap<String, usize>,
    found: Vec<Found>,
    places: BTreeSet<String>,
    tests: Vec<(usize, usize)>,
    modules: Vec<String>,
    refused: Option<String>,
}

impl Reader {
    fn add(&mut self, place: &impl Spanned, name: &str, kind: Kind, hows: Vec<How>) {
        let start = place.span().start();
        let (line, column) = (start.line, start.column + 1);
        self.places.insert(format!("{}:{line}:{column}", self.file));
        if !hows.is_empty() {
            let function = self.functions.last().map_or("", String::as_str);
            let label = format!("{}::{function}/{name}", self.module);
            self.found.push(Found { label, file: self.file.clone(), line, column, kind, hows });
        }
    }

    fn attach(&mut self, place: &impl Spanned, condition: &Expr) {
        let repeats = if let Expr::Path(path) = condition {
            path.path.get_ident().is_some_and(|name| {
                let name = name.to_string();
                self.bound.contains(&name) && self.attached.get(&name) == Some(&1)
            })
        } else {
            builds(condition)
        };
        self.add(place, "when", Kind::Condition, if repeats { Vec::new() } else { vec![How::Dropped] });
    }

    fn condition(&mut self, call: &ExprCall, name: &str) {
        let mut hows = match self.within {
            Within::Whole | Within::All => vec![How::Dropped],
            Within::Any => vec![How::Never],
            Within::Not => Vec::new(),
        };
        if WEAKER.contains(&name) && self.within != Within::Not {
            hows.push(How::Weaker);
        }
        let of = call.args.first().and_then(text).map_or_else(String::new, |attribute| format!(".{attribute}"));
        self.add(call, &format!("{name}{of}"), Kind::Condition, hows);
        let outside = self.within;
        self.within = match name {
            _ if outside == Within::Not => Within::Not,
            "all" => Within::All,
            "any" => Within::Any,
            "not" => Within::Not,
            _ => Within::Whole,
        };
        for argument in &call.args {
            self.visit_expr(argument);
        }
        self.within = outside;
    }

    fn function<T>(&mut self, name: String, body: &T, visit: fn(&mut Self, &T), read: fn(&mut Bindings, &T)) {
        let mut bindings = Bindings::default();
        read(&mut bindings, body);
        let outside = (std::mem::replace(&mut self.bound, bindings.bound), self.within);
        let attached = std::mem::replace(&mut self.attached, bindings.attached);
        self.within = Within::Whole;
        self.functions.push(name);
        visit(self, body);
        self.functions.pop();
        (self.bound, self.within) = outside;
        self.attached = attached;
    }

    fn skipped(&mut self, attributes: &[Attribute], item: &impl Spanned) -> bool {
        let test = attributes.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
        });
        if test {
            self.tests.push((item.span().start().line, item.span().end().line));
        }
        test
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_item(&mut self, item: &'a Item) {
        let attributes = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !self.skipped(attributes, item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        if item.content.is_none() {
            self.modules.push(item.ident.to_string());
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        self.function(
            item.sig.ident.to_string(),
            item,
            |it, item| visit::visit_item_fn(it, item),
            |it, item| {
                it.visit_item_fn(item);
            },
        );
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        self.function(
            item.sig.ident.to_string(),
            item,
            |it, item| visit::visit_impl_item_fn(it, item),
            |it, item| {
                it.visit_impl_item_fn(item);
            },
        );
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        match called(&call.func) {
            Some(("cond", name)) if CONDITIONS.contains(&name.as_str()) => return self.condition(call, &name),
            Some(("Check", name)) if name == "of" => {
                if let Some(condition) = call.args.iter().nth(1) {
                    self.attach(call, condition);
                }
            }
            Some(("mutants", name)) if name == "guard" => self.add(call, "guard", Kind::Guard, vec![How::Dropped]),
            _ => {}
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        if call.method == "when"
            && let (1, Some(condition)) = (call.args.len(), call.args.first())
        {
            self.attach(&call.method, condition);
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        if let Some(("cond", name)) = named_by(path)
            && CONDITIONS.contains(&name.as_str())
        {
            self.refused = Some(format!("{}: cond::{name} must be called where it is named", self.file));
        }
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        match arguments(call) {
            Some(list) => list.iter().for_each(|expression| self.visit_expr(expression)),
            None if call.tokens.to_string().contains("cond ::") => {
                self.refused = Some(format!("{}: a condition within a macro that cannot be read", self.file));
            }
            None => {}
        }
    }
}

/// Which names a function binds to conditions that it builds, and how often it attaches each.
#[derive(Default)]
struct Bindings {
    bound: BTreeSet<String>,
    attached: BTreeMap<String, usize>,
}

impl<'a> Visit<'a> for Bindings {
    fn visit_local(&mut self, local: &'a Local) {
        if let (Pat::Ident(name), Some(value)) = (&local.pat, &local.init)
            && builds(&value.expr)
        {
            self.bound.insert(name.ident.to_string());
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        if let (true, Some(Expr::Path(path))) = (call.method == "when", call.args.first())
            && let Some(name) = path.path.get_ident()
        {
            *self.attached.entry(name.to_string()).or_default() += 1;
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        arguments(call).iter().flatten().for_each(|expression| self.visit_expr(expression));
    }
}

/// What a macro is called with, where that is a list of expressions.
fn arguments(call: &Macro) -> Option<Punctuated<Expr, Token![,]>> {
    Punctuated::parse_terminated.parse2(call.tokens.clone()).ok()
}

/// Whether a condition is built within the expression.
fn builds(expression: &Expr) -> bool {
    struct Search(bool);
    impl<'a> Visit<'a> for Search {
        fn visit_expr_call(&mut self, call: &'a ExprCall) {
            self.0 |= matches!(called(&call.func), Some(("cond", _)));
            visit::visit_expr_call(self, call);
        }
    }
    let mut search = Search(false);
    search.visit_expr(expression);
    search.0
}

fn called(function: &Expr) -> Option<(&'static str, String)> {
    if let Expr::Path(path) = function { named_by(path) } else { None }
}

/// The last two names of a path, the first of them one that matters here.
fn named_by(path: &ExprPath) -> Option<(&'static str, String)> {
    let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    let (last, owner) = (names.next()?, names.next()?);
    ["cond", "Check", "mutants"].into_iter().find(|known| *known == owner).map(|known| (known, last))
}

fn text(expression: &Expr) -> Option<String> {
    let Expr::Lit(literal) = expression else { return None };
    if let syn::Lit::Str(text) = &literal.lit { Some(text.value()) } else { None }
}
