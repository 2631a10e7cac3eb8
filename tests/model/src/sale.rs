//! The invariants, and the search through everything that can happen to several buyers of the same stock.

use std::{fmt, sync::Arc};

use stateright::{Checker, Model, Property};

use crate::{
    bounds::Bounds,
    buyer::Facts,
    gateway::AMOUNT,
    graph::{Edge, Graph, Node},
};

/// The stock, and each buyer. Buyers are alike, so their order says nothing: they are sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Units in the warehouse that are not sold.
    pub on_hand: i8,
    /// Units set aside.
    pub reserved: i8,
    /// The buyers' states, by number.
    pub buyers: Vec<u32>,
}

/// Something that happens to a buyer, and what is then.
#[derive(Clone, PartialEq, Eq)]
pub struct Happening {
    label: Arc<str>,
    after: Moment,
}

impl fmt::Debug for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

/// The model.
#[derive(Debug, Clone)]
pub struct Sale {
    /// What can happen to one buyer.
    pub graph: Arc<Graph>,
    units: i8,
    buyers: usize,
    in_turn: bool,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// States of one buyer.
    pub of_one: usize,
    /// States that were come to, however often.
    pub states: usize,
    /// Different ones of them.
    pub unique: usize,
    /// The longest way.
    pub depth: usize,
    /// Each property that does not hold, with the way there.
    pub broken: Vec<(String, Vec<String>)>,
    /// Properties of which no example was found.
    pub never: Vec<String>,
}

impl Sale {
    /// A model within these bounds.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let units = i8::try_from(bounds.units).unwrap_or(i8::MAX);
        let buyers = bounds.buyers;
        Self { graph: Arc::new(Graph::new(bounds)), units, buyers, in_turn: false }
    }

    /// The same with states of a buyer that nobody can tell apart made one: see [`Graph::merged`].
    #[must_use]
    pub fn merged(self) -> Self {
        Self { graph: Arc::new(self.graph.merged()), ..self }
    }

    /// The same, but of buyers who do what has nothing to do with the others, one is followed until it has: in which order
    /// such things happen makes no difference to stock, to any one buyer, or to how it ends.
    #[must_use]
    pub fn in_turn(self) -> Self {
        Self { in_turn: true, ..self }
    }

    /// Searches all of it, with this many threads.
    #[must_use]
    pub fn check(&self, threads: usize) -> Found {
        let checker = self.clone().checker().threads(threads).spawn_bfs().join();
        let mut broken = Vec::new();
        let mut examples = Vec::new();
        for (name, path) in checker.discoveries() {
            if name.starts_with("sometimes") {
                examples.push(name);
            } else {
                let last: Vec<_> = self.facts(path.last_state()).map(|facts| format!("then {facts:?}")).collect();
                let way = path.into_actions().into_iter().map(|happening| happening.label.to_string());
                broken.push((name.to_owned(), way.chain(last).collect()));
            }
        }
        if self.graph.goes_in_circles() {
            broken.push(("every way comes to an end".to_owned(), Vec::new()));
        }
        let sometimes = self.properties().into_iter().map(|property| property.name);
        let never = sometimes.filter(|name| name.starts_with("sometimes") && !examples.contains(name));
        Found {
            of_one: self.graph.nodes.len(),
            states: checker.state_count(),
            unique: checker.unique_state_count(),
            depth: checker.max_depth(),
            never: never.map(str::to_owned).collect(),
            broken,
        }
    }

    fn nodes<'a>(&'a self, moment: &'a Moment) -> impl Iterator<Item = &'a Node> + 'a {
        moment.buyers.iter().map(|buyer| self.graph.node(*buyer))
    }

    fn facts<'a>(&'a self, moment: &'a Moment) -> impl Iterator<Item = &'a Facts> + 'a {
        self.nodes(moment).map(|node| &node.facts)
    }

    fn happens(moment: &Moment, edge: &Edge) -> bool {
        edge.if_spare.is_none_or(|spare| spare == (moment.on_hand > moment.reserved))
    }

    fn is_over(&self, moment: &Moment) -> bool {
        !self.nodes(moment).flat_map(|node| &node.edges).any(|edge| Self::happens(moment, edge))
    }
}

impl Model for Sale {
    type State = Moment;
    type Action = Happening;

    fn init_states(&self) -> Vec<Moment> {
        let mut all = vec![Vec::new()];
        for _ in 0..self.buyers {
            let one_more = |buyers: &Vec<u32>| {
                let buyers = buyers.clone();
                self.graph.first.iter().map(move |buyer| sorted([buyers.clone(), vec![*buyer]].concat()))
            };
            all = all.iter().flat_map(one_more).collect();
            all.sort_unstable();
            all.dedup();
        }
        all.into_iter().map(|buyers| Moment { on_hand: self.units, reserved: 0, buyers }).collect()
    }

    fn actions(&self, moment: &Moment, happenings: &mut Vec<Happening>) {
        let alone = moment.buyers.iter().position(|buyer| self.in_turn && self.graph.node(*buyer).is_local);
        for (index, buyer) in moment.buyers.iter().enumerate() {
            // Buyers who are in the same state do the same.
            let same = index.checked_sub(1).and_then(|before| moment.buyers.get(before)) == Some(buyer);
            if same || alone.is_some_and(|alone| alone != index) {
                continue;
            }
            for edge in self.graph.node(*buyer).edges.iter().filter(|edge| Self::happens(moment, edge)) {
                let mut buyers = moment.buyers.clone();
                if let Some(place) = buyers.get_mut(index) {
                    *place = edge.to;
                }
                let on_hand = moment.on_hand.saturating_add(edge.stock.0);
                let reserved = moment.reserved.saturating_add(edge.stock.1);
                let after = Moment { on_hand, reserved, buyers: sorted(buyers) };
                happenings.push(Happening { label: Arc::clone(&edge.label), after });
            }
        }
    }

    fn next_state(&self, _: &Moment, happening: Happening) -> Option<Moment> {
        Some(happening.after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no count of the stock is negative", |_: &Self, moment: &Moment| {
                0 <= moment.reserved && moment.reserved <= moment.on_hand
            }),
            Property::always("no oversell: what is sold and set aside was there", |sale: &Self, moment| {
                let sold: i8 = sale.facts(moment).map(|facts| facts.sold).sum();
                let reserved: i8 = sale.facts(moment).map(|facts| facts.reserved).sum();
                sold + reserved <= sale.units && moment.on_hand == sale.units - sold && moment.reserved == reserved
            }),
            Property::always("the ledger sums to the stock", |sale: &Self, moment| {
                let sum = |(a, b): (i64, i64), (c, d): (i64, i64)| (a + c, b + d);
                let ledger = sale.facts(moment).map(|facts| facts.ledger).fold((i64::from(sale.units), 0), sum);
                ledger == (i64::from(moment.on_hand), i64::from(moment.reserved))
            }),
            Property::always("a payment is captured at most once", |sale: &Self, moment| {
                sale.facts(moment).all(|facts| facts.captures <= 1)
            }),
            Property::always("an order has at most one charge", |sale: &Self, moment| {
                sale.facts(moment).all(|facts| facts.charges <= 1)
            }),
            Property::always("money that is held has an order, and a payment on record", |sale: &Self, moment| {
                sale.facts(moment).all(|facts| !facts.keeps || facts.on_record)
            }),
            Property::always("what is confirmed is paid and sold", |sale: &Self, moment| {
                sale.facts(moment).all(|facts| !facts.bought || (facts.taken && facts.sold == 1))
            }),
            Property::always("no more is given back than was taken", |sale: &Self, moment| {
                sale.facts(moment).all(|facts| facts.refunded <= AMOUNT * i64::from(facts.captures))
            }),
            Property::always("what has come to its end is settled", |sale: &Self, moment| {
                !sale.is_over(moment) || sale.facts(moment).all(|facts| facts.settled)
            }),
            Property::sometimes("sometimes all units are sold, and nothing more happens", |sale: &Self, moment| {
                sale.facts(moment).map(|facts| facts.sold).sum::<i8>() == sale.units && sale.is_over(moment)
            }),
            Property::sometimes("sometimes nothing is sold, and nothing more happens", |sale: &Self, moment| {
                sale.facts(moment).map(|facts| facts.sold).sum::<i8>() == 0 && sale.is_over(moment)
            }),
        ]
    }
}

fn sorted(mut buyers: Vec<u32>) -> Vec<u32> {
    buyers.sort_unstable();
    buyers
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of_one, states, unique, depth, broken, never } = self;
        write!(f, "{unique} states, {states} transitions, {depth} deep; {of_one} states of one buyer")?;
        for (name, way) in broken {
            write!(f, "\nbroken: {name}")?;
            for (number, step) in way.iter().enumerate() {
                write!(f, "\n  {}. {step}", number + 1)?;
            }
        }
        for name in never {
            write!(f, "\nno example: {name}")?;
        }
        Ok(())
    }
}
