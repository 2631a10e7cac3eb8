//! What can happen to a buyer next: the run's task, with every way in which it can go wrong, and everyone else.

use checkout::domain::{Loss, Recovery, RunState, recover};
use serde_json::Value;

use crate::{
    asl::Place,
    buyer::{Buyer, Facts, Holding, Run},
    gateway::{Held, Mood},
    perform::{End, Service, time},
    setting::input,
    world::{Asked, Became, World},
};

/// Something that can happen: in words, the buyer after it, and by how much on hand and reserved stock change.
pub(crate) type Happening = (String, Buyer, (i8, i8));

/// What can happen to a buyer next.
pub(crate) struct Next<'a> {
    world: &'a mut World,
    from: Buyer,
    /// Whether there is a unit that nobody has.
    spare: bool,
    happenings: Vec<Happening>,
}

impl<'a> Next<'a> {
    pub(crate) fn of(world: &'a mut World, from: Buyer, spare: bool) -> Self {
        Self { world, from, spare, happenings: Vec::new() }
    }

    /// The buyers whose first run has begun, as it is told apart by tasks outside of the model.
    pub(crate) fn first_run(mut self) -> Vec<Buyer> {
        self.begin("begins", None);
        self.happenings.into_iter().map(|(_, buyer, _)| buyer).collect()
    }

    /// Everything that can happen.
    pub(crate) fn all(mut self) -> Vec<Happening> {
        if let Run::At(place) = self.from.run {
            self.run(place);
        }
        self.lose_the_run();
        self.go_on();
        self.others();
        self.at_the_gateways();
        let most = self.world.bounds.asks;
        let world = &mut *self.world;
        self.happenings.retain(|(_, buyer, _)| world.asks(buyer.payments) <= most);
        self.happenings
    }

    fn push(&mut self, label: impl Into<String>, after: Buyer, stock: (i8, i8)) {
        self.happenings.push((label.into(), after, stock));
    }

    /// The task that the run is at.
    fn run(&mut self, place: u32) {
        let Some(Place { state, data }) = self.world.place(place) else { return };
        let Some((what, function)) = self.world.step(&Place { state: state.clone(), data }) else { return };
        if let Some(holding) = self.from.holding.filter(|holding| holding.awaited) {
            let given_up = Buyer { holding: Some(Holding { awaited: false, ..holding }), ..self.from };
            self.fails(&format!("{state}: not waited for any longer"), place, given_up, (0, 0), "States.Timeout");
            return;
        }
        for mood in self.moods(&function) {
            let became = self.ask(what, mood, None);
            let after = self.left(what, &became);
            let label = format!("{state} ({mood:?})");
            self.ends(&label, place, after, &became);
            self.fails(&format!("{label}, answer lost"), place, after, became.stock, "States.Timeout");
            self.cut_short(&label, what, mood, became.effects, Some(place));
        }
    }

    fn moods(&self, function: &str) -> Vec<Mood> {
        use Mood::{Blind, Refuses, Silent, Unheard, Unreachable, WantsAction, WantsTransfer, Well};
        let of: &[Mood] = match function {
            "payments-authorise-payment" => {
                &[Well, Refuses, Unheard, Silent, Unreachable, WantsAction, WantsTransfer, Blind]
            }
            "payments-capture-payment" => &[Well, Refuses, Unheard, Silent],
            "payments-void-payment" => &[Well, Unheard, Silent],
            _ => &[Well],
        };
        of.iter().copied().filter(|mood| self.world.bounds.moods.contains(mood)).collect()
    }

    /// The invocation is killed before one of its effects, or held there.
    fn cut_short(&mut self, label: &str, what: u32, mood: Mood, effects: u8, of_run: Option<u32>) {
        let from = self.from;
        let service = self.world.service(what);
        for before in 1..=effects {
            let became = self.ask(what, mood, Some(before));
            let after = self.left(what, &became);
            let killed = format!("{label}, killed before {before}");
            match of_run {
                Some(place) => self.fails(&killed, place, after, became.stock, "Runtime.ExitError"),
                None => self.push(killed, after, became.stock),
            }
            if from.held < self.world.bounds.held && from.holding.is_none() {
                let scene = from.scene(service, self.spare);
                let holding = Holding {
                    what,
                    before,
                    mood,
                    late: from.late && service == Service::Inventory,
                    scene,
                    awaited: of_run.is_some(),
                };
                let after = Buyer { holding: Some(holding), held: from.held.saturating_add(1), ..after };
                self.push(format!("{label}, held before {before}"), after, became.stock);
            }
        }
    }

    /// Goes on with what was held.
    fn go_on(&mut self) {
        let Some(holding) = self.from.holding else { return };
        let Holding { what, before, mood, late, scene, awaited } = holding;
        let service = self.world.service(what);
        let now = self.from.scene(service, self.spare);
        let whole = Asked { what, mood, late, scene, killed_before: None, meanwhile: Some((before, now)) };
        let became = self.world.invoke(whole);
        let free = Buyer { holding: None, ..self.from };
        let place = match self.from.run {
            Run::At(place) if awaited => Some(place),
            _ => None,
        };
        let label = format!("what was held before {before} goes on");
        let after = with(free, service, &became);
        match place {
            Some(place) => {
                self.ends(&label, place, after, &became);
                self.fails(&format!("{label}, answer lost"), place, after, became.stock, "States.Timeout");
            }
            None => self.push(label.clone(), after, became.stock),
        }
        for before in before..=became.effects {
            let became = self.world.invoke(Asked { killed_before: Some(before), ..whole });
            let after = with(free, service, &became);
            let label = format!("{label}, killed before {before}");
            match place {
                Some(place) => self.fails(&label, place, after, became.stock, "Runtime.ExitError"),
                None => self.push(label, after, became.stock),
            }
        }
    }

    /// The run is stopped; or it has failed, and the recovery begins another one, which settles what it has left.
    fn lose_the_run(&mut self) {
        let from = self.from;
        if matches!(from.run, Run::At(_)) && from.lost < self.world.bounds.lost {
            self.push("the run is stopped", lost(from), (0, 0));
        }
        let at = time(false);
        let runs = vec![RunState::Lost { how: Loss::Aborted, at }; usize::from(from.lost)];
        if from.run == Run::Lost
            && let Recovery::Start { lost, .. } = recover(&runs, time(true))
        {
            self.begin("another run begins", Some(lost.name()));
        }
    }

    fn begin(&mut self, label: &str, lost: Option<&str>) {
        let start = Place { state: self.world.bounds.document.start(), data: input(lost) };
        let start = self.world.bounds.document.onward(start);
        for place in self.world.reached(start) {
            let run = self.at(place);
            self.push(label, Buyer { run, ..self.from }, (0, 0));
        }
    }

    /// The clock, the sweeper, and webhooks.
    fn others(&mut self) {
        let facts = Facts::of(self.world, &self.from);
        if facts.reserved + facts.sold == 1 && !self.from.late {
            self.push("the time is up", Buyer { late: true, ..self.from }, (0, 0));
        }
        if self.from.late {
            self.other("sweep");
        }
        if self.from.gates.iter().any(|gate| gate.held != Held::Nothing) {
            self.other("webhook");
        }
    }

    fn other(&mut self, name: &str) {
        let what = self.world.other(name);
        let became = self.ask(what, Mood::Well, None);
        let after = self.left(what, &became);
        self.push(name, after, became.stock);
        self.cut_short(name, what, Mood::Well, became.effects, None);
    }

    /// What shopper and bank do at the gateway.
    fn at_the_gateways(&mut self) {
        for (index, gate) in self.from.gates.into_iter().enumerate() {
            let outcomes: &[(&str, Held)] = match gate.held {
                Held::Action => &[("the shopper confirms", Held::Authorised), ("the shopper refuses", Held::Declined)],
                Held::Pending => &[("the bank pays", Held::Captured), ("the bank does not pay", Held::Declined)],
                _ => &[],
            };
            for (label, held) in outcomes {
                let mut after = self.from;
                if let Some(gate) = after.gates.get_mut(index) {
                    gate.captures = gate.captures.saturating_add(u8::from(*held == Held::Captured));
                    gate.held = *held;
                }
                self.push(*label, after, (0, 0));
            }
        }
    }

    fn ask(&mut self, what: u32, mood: Mood, killed_before: Option<u8>) -> Became {
        let service = self.world.service(what);
        let scene = self.from.scene(service, self.spare);
        let late = self.from.late && service == Service::Inventory;
        self.world.invoke(Asked { what, mood, late, scene, killed_before, meanwhile: None })
    }

    /// The buyer after an invocation.
    fn left(&mut self, what: u32, became: &Became) -> Buyer {
        with(self.from, self.world.service(what), became)
    }

    /// The run hears how its task ended.
    fn ends(&mut self, label: &str, place: u32, after: Buyer, became: &Became) {
        match &became.end {
            End::Answered(answer) => self.answered(label, place, after, became.stock, answer),
            End::Failed(error, _) => self.fails(&format!("{label}: {error}"), place, after, became.stock, error),
            End::Killed => {}
        }
    }

    fn answered(&mut self, label: &str, place: u32, after: Buyer, stock: (i8, i8), answer: &Value) {
        for next in self.world.answered(place, answer) {
            let run = self.at(next);
            self.push(label, Buyer { run, ..after }, stock);
        }
    }

    /// The run's task has failed: it is tried again, or caught.
    fn fails(&mut self, label: &str, place: u32, after: Buyer, stock: (i8, i8), error: &str) {
        let next = self.world.failed(place, error);
        if next.retried {
            self.push(format!("{label}, tried again"), after, stock);
        }
        for next in next.caught.iter().flatten() {
            let run = self.at(*next);
            self.push(format!("{label}, caught"), Buyer { run, ..after }, stock);
        }
        if !next.retried && next.caught.is_none() {
            self.push(format!("{label}, the run fails"), lost(after), stock);
        }
    }

    fn at(&self, place: u32) -> Run {
        let over = self.world.place(place).is_some_and(|place| self.world.bounds.document.ends(&place.state));
        if over { Run::Over } else { Run::At(place) }
    }
}

fn lost(buyer: Buyer) -> Buyer {
    let holding = buyer.holding.map(|holding| Holding { awaited: false, ..holding });
    Buyer { run: Run::Lost, lost: buyer.lost.saturating_add(1), holding, ..buyer }
}

fn with(mut buyer: Buyer, service: Service, became: &Became) -> Buyer {
    match service {
        Service::Inventory => buyer.inventory = became.rows,
        Service::Orders => buyer.orders = became.rows,
        Service::Payments => (buyer.payments, buyer.gates) = (became.rows, became.gates),
    }
    buyer
}
