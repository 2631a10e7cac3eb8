//! Everything that can happen to one buyer, whatever the others do: they meet in the stock only.

use std::sync::Arc;

use crate::{
    bounds::Bounds,
    buyer::{Buyer, Facts, Run},
    next::Next,
    pool::Pool,
    world::{NONE, World},
};

/// Something that can happen to a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// What, in words.
    pub label: Arc<str>,
    /// The buyer after it, by number.
    pub to: u32,
    /// It happens only if there is a unit that nobody has, or only if there is none.
    pub if_spare: Option<bool>,
    /// By how much on hand and reserved stock change.
    pub stock: (i8, i8),
}

impl Edge {
    /// Whether it has nothing to do with other buyers.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.if_spare.is_none() && self.stock == (0, 0)
    }
}

/// A buyer's state.
#[derive(Debug, Clone)]
pub struct Node {
    /// What is so.
    pub facts: Facts,
    /// What can happen next and changes something.
    pub edges: Vec<Edge>,
    /// Whether nothing that can happen next has to do with other buyers.
    pub is_local: bool,
}

/// All states that a buyer can be in.
#[derive(Debug)]
pub struct Graph {
    /// By number.
    pub nodes: Vec<Node>,
    /// The states of who has just asked to buy.
    pub first: Vec<u32>,
    /// How many different invocations of the product's handlers it took.
    pub invocations: usize,
}

impl Graph {
    /// Works it out.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let mut world = World::new(bounds);
        let mut buyers: Pool<Buyer> = Pool::default();
        let start = Buyer {
            run: Run::Lost,
            lost: 0,
            late: false,
            inventory: NONE,
            orders: NONE,
            payments: NONE,
            gates: Default::default(),
            holding: None,
            held: 0,
        };
        let first =
            Next::of(&mut world, start, true).first_run().into_iter().map(|buyer| buyers.number(buyer)).collect();
        let mut nodes: Vec<Node> = Vec::new();
        while let Some(buyer) = buyers.get(u32::try_from(nodes.len()).unwrap_or(u32::MAX)).copied() {
            let edges = edges(&mut world, &mut buyers, buyer);
            let is_local = !edges.is_empty() && edges.iter().all(Edge::is_local);
            nodes.push(Node { facts: Facts::of(&world, &buyer), edges, is_local });
        }
        Self { nodes, first, invocations: world.invocations() }
    }

    /// A state.
    ///
    /// # Panics
    /// When there is none of this number.
    #[must_use]
    #[allow(clippy::expect_used, reason = "numbers come from the graph")]
    pub fn node(&self, number: u32) -> &Node {
        self.nodes.get(index(number)).expect("a state's number")
    }

    /// Whether a way leads back to where it came from. Where none does, every way comes to an end, however much goes wrong on
    /// it: what leaves all as it was is no step.
    #[must_use]
    pub fn goes_in_circles(&self) -> bool {
        self.in_order().len() < self.nodes.len()
    }

    /// The states, each before all that can follow it, without those on a circle or after one.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut before = vec![0_usize; self.nodes.len()];
        let next =
            |number: usize| self.nodes.get(number).into_iter().flat_map(|node| &node.edges).map(|edge| index(edge.to));
        for to in (0..self.nodes.len()).flat_map(next) {
            before.get_mut(to).into_iter().for_each(|count| *count += 1);
        }
        let mut order: Vec<usize> = (0..self.nodes.len()).filter(|number| before.get(*number) == Some(&0)).collect();
        let mut done = 0;
        while let Some(number) = order.get(done).copied() {
            done += 1;
            for to in next(number) {
                if let Some(count) = before.get_mut(to) {
                    *count -= 1;
                    order.extend((*count == 0).then_some(to));
                }
            }
        }
        order
    }
}

pub(crate) fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What can happen next: once where it is the same whether or not there is stock.
fn edges(world: &mut World, buyers: &mut Pool<Buyer>, buyer: Buyer) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    for spare in [true, false] {
        let happenings = Next::of(world, buyer, spare).all();
        let mut seen: Vec<(u32, (i8, i8))> = Vec::new();
        for (label, after, stock) in happenings {
            let to = buyers.number(after);
            if (after == buyer && stock == (0, 0)) || seen.contains(&(to, stock)) {
                continue;
            }
            seen.push((to, stock));
            let same =
                edges.iter_mut().find(|edge| (edge.to, edge.stock) == (to, stock) && edge.if_spare == Some(true));
            match same {
                Some(edge) if !spare => edge.if_spare = None,
                _ => edges.push(Edge { label: label.into(), to, if_spare: Some(spare), stock }),
            }
        }
    }
    edges
}
