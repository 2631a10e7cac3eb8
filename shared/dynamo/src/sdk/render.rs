//! Trees rendered into DynamoDB's expressions, names and values always as placeholders.

use std::collections::HashMap;

use crate::cond::{Comparison, Node, Operand, Right, Subject, Term};
use crate::path::Path;
use crate::query::{Query, Sort};
use crate::update::{Change, Update};
use crate::value::{Item, Value};
use crate::write::Write;

/// The expressions of one write.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) condition: Option<String>,
    pub(crate) update: Option<String>,
    pub(crate) placeholders: Placeholders,
}

/// The names and values that expressions refer to.
#[derive(Debug, Default)]
pub(crate) struct Placeholders {
    names: Vec<String>,
    values: Vec<Value>,
}

pub(crate) fn write(write: &Write) -> Rendered {
    let mut placeholders = Placeholders::default();
    let condition = write.condition().map(|condition| placeholders.condition(&condition.0));
    let update = if let Write::Update(update) = write { placeholders.update(update) } else { None };
    Rendered { condition, update, placeholders }
}

impl Placeholders {
    pub(crate) fn names(&self) -> Option<HashMap<String, String>> {
        let names = self.names.iter().enumerate().map(|(index, name)| (format!("#n{index}"), name.clone()));
        (!self.names.is_empty()).then(|| names.collect())
    }

    pub(crate) fn values(&self) -> Option<Item> {
        let values = self.values.iter().enumerate().map(|(index, value)| (format!(":v{index}"), value.clone()));
        (!self.values.is_empty()).then(|| values.collect())
    }

    pub(crate) fn condition(&mut self, node: &Node) -> String {
        match node {
            Node::Exists(path) => format!("attribute_exists({})", self.path(path)),
            Node::Absent(path) => format!("attribute_not_exists({})", self.path(path)),
            Node::Compare(left, comparison, right) => {
                let (left, right) = (self.subject(left), self.operand(right));
                format!("{left} {} {right}", sign(*comparison))
            }
            Node::Between(left, low, high) => {
                let (left, low, high) = (self.subject(left), self.operand(low), self.operand(high));
                format!("{left} BETWEEN {low} AND {high}")
            }
            Node::IsIn(left, values) => {
                let left = self.subject(left);
                let values: Vec<String> = values.iter().map(|value| self.operand(value)).collect();
                format!("{left} IN ({})", values.join(", "))
            }
            Node::BeginsWith(path, prefix) => {
                let path = self.path(path);
                format!("begins_with({path}, {})", self.value(Value::S(prefix.clone())))
            }
            Node::Contains(path, value) => {
                let path = self.path(path);
                format!("contains({path}, {})", self.value(value.clone()))
            }
            Node::All(nodes) => self.joined(nodes, " AND "),
            Node::Any(nodes) => self.joined(nodes, " OR "),
            Node::Not(node) => format!("NOT ({})", self.condition(node)),
        }
    }

    pub(crate) fn key_condition(&mut self, query: &Query) -> String {
        let (pk_name, sk_name) = query.key_names();
        let (pk, value) = (self.name(&pk_name), self.text(&query.pk));
        let partition = format!("{pk} = {value}");
        if query.sort == Sort::Any {
            return partition;
        }
        let sk = self.name(&sk_name);
        let sort = match &query.sort {
            Sort::Any => return partition,
            Sort::Eq(value) => format!("{sk} = {}", self.text(value)),
            Sort::Lt(value) => format!("{sk} < {}", self.text(value)),
            Sort::Le(value) => format!("{sk} <= {}", self.text(value)),
            Sort::Gt(value) => format!("{sk} > {}", self.text(value)),
            Sort::Ge(value) => format!("{sk} >= {}", self.text(value)),
            Sort::BeginsWith(prefix) => format!("begins_with({sk}, {})", self.text(prefix)),
            Sort::Between(low, high) => {
                let (low, high) = (self.text(low), self.text(high));
                format!("{sk} BETWEEN {low} AND {high}")
            }
        };
        format!("{partition} AND {sort}")
    }

    fn update(&mut self, update: &Update) -> Option<String> {
        let (mut sets, mut adds, mut removes) = (Vec::new(), Vec::new(), Vec::new());
        for (path, change) in &update.changes {
            let at = self.path(path);
            match change {
                Change::Set(value) => sets.push(format!("{at} = {}", self.value(value.clone()))),
                Change::SetIfAbsent(value) => {
                    sets.push(format!("{at} = if_not_exists({at}, {})", self.value(value.clone())));
                }
                Change::Append(values) => {
                    let (none, values) = (self.value(Value::L(Vec::new())), self.value(Value::L(values.clone())));
                    sets.push(format!("{at} = list_append(if_not_exists({at}, {none}), {values})"));
                }
                // ADD takes top-level attributes only.
                Change::Add(by) if path.is_nested() => {
                    let (zero, by) = (self.number(0), self.number(*by));
                    sets.push(format!("{at} = if_not_exists({at}, {zero}) + {by}"));
                }
                Change::Add(by) => adds.push(format!("{at} {}", self.number(*by))),
                Change::Remove => removes.push(at),
            }
        }
        let clauses = [("SET", sets), ("ADD", adds), ("REMOVE", removes)];
        let clauses: Vec<String> = clauses
            .into_iter()
            .filter(|(_, actions)| !actions.is_empty())
            .map(|(clause, actions)| format!("{clause} {}", actions.join(", ")))
            .collect();
        (!clauses.is_empty()).then(|| clauses.join(" "))
    }

    /// A single condition goes without parentheses: DynamoDB refuses redundant ones.
    fn joined(&mut self, nodes: &[Node], operator: &str) -> String {
        match nodes {
            [only] => self.condition(only),
            _ => {
                let parts: Vec<String> = nodes.iter().map(|node| format!("({})", self.condition(node))).collect();
                parts.join(operator)
            }
        }
    }

    fn subject(&mut self, Subject(term): &Subject) -> String {
        match term {
            Term::Attribute(path) => self.path(path),
            Term::Size(path) => format!("size({})", self.path(path)),
        }
    }

    fn operand(&mut self, Operand(right): &Operand) -> String {
        match right {
            Right::Value(value) => self.value(value.clone()),
            Right::Attribute(path) => self.path(path),
        }
    }

    fn path(&mut self, path: &Path) -> String {
        let names: Vec<String> = path.segments().map(|segment| self.name(segment)).collect();
        names.join(".")
    }

    fn name(&mut self, name: &str) -> String {
        let index = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        format!("#n{index}")
    }

    fn value(&mut self, value: Value) -> String {
        self.values.push(value);
        format!(":v{}", self.values.len() - 1)
    }

    fn text(&mut self, text: &str) -> String {
        self.value(Value::S(text.to_owned()))
    }

    fn number(&mut self, number: i128) -> String {
        self.value(Value::N(number.to_string()))
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => "=",
        Comparison::Ne => "<>",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{Key, cond};

    #[test]
    fn names_and_values_are_placeholders_only() {
        let update = Update::of(Key::new("P", "S"))
            .set("status", "paid")
            .set_if_absent("made", 1)
            .append("log", ["x"])
            .add(Path::of(&["counts", "a.b"]), 2)
            .subtract("stock", 3)
            .remove("outbox")
            .when(cond::all([cond::eq("status", "new"), cond::not(cond::lt("stock", 3))]));
        let rendered = write(&update.into());
        assert_eq!(rendered.condition.unwrap(), "(#n0 = :v0) AND (NOT (#n1 < :v1))");
        assert_eq!(
            rendered.update.unwrap(),
            "SET #n0 = :v2, #n2 = if_not_exists(#n2, :v3), #n3 = list_append(if_not_exists(#n3, :v4), :v5), \
             #n4.#n5 = if_not_exists(#n4.#n5, :v6) + :v7 ADD #n1 :v8 REMOVE #n6"
        );
        let names = rendered.placeholders.names().unwrap();
        assert_eq!((names.len(), names.get("#n5").unwrap().as_str()), (7, "a.b"));
        assert_eq!(rendered.placeholders.values().unwrap().get(":v8"), Some(&Value::N("-3".into())));
    }

    #[test]
    fn a_write_without_expressions_has_no_placeholders() {
        let rendered = write(&Update::of(Key::new("P", "S")).into());
        assert_eq!((rendered.condition, rendered.update), (None, None));
        assert!(rendered.placeholders.names().is_none() && rendered.placeholders.values().is_none());
    }
}
