//! States of a buyer that nobody can tell apart.

use std::collections::{BTreeSet, HashMap};

use crate::graph::{Edge, Graph, Node, index};

/// What happens only if there is, or is not, a unit that nobody has; by how much stock changes; and the state after it.
type Move = (Option<bool>, (i8, i8), u32);

impl Graph {
    /// The same with one state for all of which the same is so, and from which the same can follow. A state from which a buyer
    /// can come to another by nothing that concerns others, and else can do only what that other one can, is that other one.
    ///
    /// What comes of it is branching bisimilar, and no way is endless: whatever can become so of buyers and stock, and how it
    /// can end, is what it was. A graph that goes in circles stays as it is.
    #[must_use]
    pub fn merged(&self) -> Self {
        let order = self.in_order();
        let mut merged = Merged { made: HashMap::new(), moves: Vec::new(), nodes: Vec::new() };
        let mut became = vec![0_u32; self.nodes.len()];
        for number in order.iter().rev() {
            let Some(node) = self.nodes.get(*number) else { continue };
            let after = |edge: &Edge| became.get(index(edge.to)).copied().unwrap_or(u32::MAX);
            let as_made = merged.of(node, after);
            if let Some(place) = became.get_mut(*number) {
                *place = as_made;
            }
        }
        if order.len() < self.nodes.len() {
            let (nodes, first) = (self.nodes.clone(), self.first.clone());
            return Self { nodes, first, invocations: self.invocations };
        }
        let mut first: Vec<u32> = self.first.iter().filter_map(|number| became.get(index(*number)).copied()).collect();
        first.sort_unstable();
        first.dedup();
        Self { nodes: merged.nodes, first, invocations: self.invocations }
    }
}

struct Merged {
    made: HashMap<(crate::Facts, BTreeSet<Move>), u32>,
    moves: Vec<BTreeSet<Move>>,
    nodes: Vec<Node>,
}

impl Merged {
    /// The merged state of one whose followers are merged.
    fn of(&mut self, node: &Node, after: impl Fn(&Edge) -> u32) -> u32 {
        let edges = node.edges.iter().map(|edge| Edge { to: after(edge), ..edge.clone() });
        let mut edges: Vec<Edge> = edges.collect();
        let moves: BTreeSet<Move> = edges.iter().map(moved).collect();
        for edge in edges.iter().filter(|edge| edge.is_local()) {
            let there = self.nodes.get(index(edge.to)).zip(self.moves.get(index(edge.to)));
            let same = there.is_some_and(|(other, theirs)| {
                other.facts == node.facts && moves.iter().all(|one| *one == moved(edge) || theirs.contains(one))
            });
            if same {
                return edge.to;
            }
        }
        let key = (node.facts.clone(), moves);
        if let Some(number) = self.made.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        edges.sort_by_key(moved);
        edges.dedup_by_key(|edge| moved(edge));
        let is_local = node.is_local;
        self.moves.push(key.1.clone());
        self.made.insert(key, number);
        self.nodes.push(Node { facts: node.facts.clone(), edges, is_local });
        number
    }
}

fn moved(edge: &Edge) -> Move {
    (edge.if_spare, edge.stock, edge.to)
}
