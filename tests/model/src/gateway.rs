//! The other side of the wire: a gateway that keeps its promises (`payments::gateway::PaymentGateway`) and nothing more.
//!
//! It makes one payment a key, and takes money once; an answer may be lost, whether or not it did as asked.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use payments::{
    domain::{GatewayName, Standing, Stands},
    gateway::{Authorisation, GatewayError, Intent, ListPage, PaymentGateway, RefundOutcome, RefundRequest},
};
use rialto_kernel::Timestamp;

use crate::{bounds::Flaw, meter::Meter};

/// How the payment stands at a gateway.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Held {
    /// Never heard of.
    #[default]
    Nothing,
    /// The shopper has to confirm.
    Action,
    /// The bank has to pay.
    Pending,
    /// Set aside.
    Authorised,
    /// Taken.
    Captured,
    /// Refused.
    Declined,
    /// Given up, or closed before it began.
    Cancelled,
}

/// A gateway's books about one buyer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gate {
    /// The payment of the first key.
    pub held: Held,
    /// How often money was taken.
    pub captures: u8,
    /// Given back, in minor units.
    pub refunded: u8,
    /// Which refunds were made, a bit each.
    pub refunds: u8,
    /// Payments under other keys than the first.
    pub others: u8,
    /// The first key's length and last character, which tell keys of one payment apart.
    pub key: (u8, u8),
}

/// What each payment is about, in minor units.
pub const AMOUNT: i64 = 100;
const WHOLE: u8 = 100;

impl Gate {
    /// Money of the buyer that is there now, or can be taken.
    #[must_use]
    pub fn keeps(self) -> bool {
        match self.held {
            Held::Authorised | Held::Action | Held::Pending => true,
            Held::Captured => i64::from(self.refunded) < AMOUNT,
            Held::Nothing | Held::Declined | Held::Cancelled => false,
        }
    }
}

/// How the first question of an invocation is met that could change something, or a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mood {
    /// Done and answered.
    Well,
    /// Refused for certain.
    Refuses,
    /// Done, and the answer is lost.
    Unheard,
    /// Not done, and not answered.
    Silent,
    /// The request certainly did not get there.
    Unreachable,
    /// The shopper has to confirm.
    WantsAction,
    /// The bank has to pay.
    WantsTransfer,
    /// Looking the payment up is not answered.
    Blind,
}

impl Mood {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Well,
        Self::Refuses,
        Self::Unheard,
        Self::Silent,
        Self::Unreachable,
        Self::WantsAction,
        Self::WantsTransfer,
        Self::Blind,
    ];
}

/// A gateway as an invocation sees it.
pub(crate) struct Counter {
    name: GatewayName,
    index: usize,
    desk: Arc<Desk>,
}

/// Both gateways' books during one invocation.
pub(crate) struct Desk {
    pub(crate) meter: Arc<Meter>,
    mood: Mutex<Mood>,
    flaw: Option<Flaw>,
}

impl Desk {
    pub(crate) fn new(meter: Arc<Meter>, mood: Mood, flaw: Option<Flaw>) -> Arc<Self> {
        Arc::new(Self { meter, mood: Mutex::new(mood), flaw })
    }

    pub(crate) fn counters(self: &Arc<Self>) -> (Arc<dyn PaymentGateway>, Arc<dyn PaymentGateway>) {
        let counter = |name, index| Arc::new(Counter { name, index, desk: Arc::clone(self) });
        (counter(GatewayName::Sandbox, 0), counter(GatewayName::Paypal, 1))
    }

    fn mood(&self) -> MutexGuard<'_, Mood> {
        self.mood.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counter {
    /// Counts the effect, and makes it according to the mood.
    async fn asked<T>(&self, act: impl FnOnce(&mut Gate, Mood) -> Result<T, GatewayError>) -> Result<T, GatewayError> {
        self.desk.meter.effect().await;
        let mood = std::mem::replace(&mut *self.desk.mood(), Mood::Well);
        match mood {
            Mood::Silent => return Err(GatewayError::unknown()),
            Mood::Unreachable => return Err(GatewayError::NotReached),
            _ => {}
        }
        let answer = self.desk.meter.gate(self.index, |gate| act(gate, mood));
        if mood == Mood::Unheard { Err(GatewayError::unknown()) } else { answer }
    }
}

fn standing(gate: &Gate, intent: Intent<'_>) -> Standing {
    let stands = match gate.held {
        Held::Nothing => Stands::Open,
        Held::Action => Stands::ActionRequired { redirect: None },
        Held::Pending => Stands::Pending { received: 0 },
        Held::Authorised => Stands::Authorised,
        Held::Captured => Stands::Captured,
        Held::Declined => Stands::Failed { reason: "PAYMENT_DECLINED".to_owned() },
        Held::Cancelled => Stands::Cancelled,
    };
    let refunded = i64::from(gate.refunded);
    Standing { reference: "intent".to_owned(), stands, amount: intent.amount, refunded }
}

fn declined() -> GatewayError {
    GatewayError::Declined { code: "PAYMENT_DECLINED".to_owned() }
}

fn mark(key: &str) -> (u8, u8) {
    (u8::try_from(key.len()).unwrap_or(u8::MAX), key.bytes().last().unwrap_or_default())
}

#[async_trait]
impl PaymentGateway for Counter {
    fn name(&self) -> GatewayName {
        self.name
    }

    async fn authorise(&self, request: Authorisation<'_>) -> Result<Standing, GatewayError> {
        let mut key = mark(request.intent.key);
        if self.desk.flaw == Some(Flaw::ChargesAnew) {
            key.1 = u8::try_from(request.ask).unwrap_or(u8::MAX);
        }
        self.asked(|gate, mood| {
            if gate.held == Held::Nothing {
                gate.key = key;
                gate.held = match mood {
                    Mood::Refuses => Held::Declined,
                    Mood::WantsAction => Held::Action,
                    Mood::WantsTransfer => Held::Pending,
                    _ => Held::Authorised,
                };
            } else if gate.key != key && gate.key != (0, 0) {
                gate.others = 1;
            }
            if gate.held == Held::Declined { Err(declined()) } else { Ok(standing(gate, request.intent)) }
        })
        .await
    }

    async fn capture(&self, intent: Intent<'_>) -> Result<Standing, GatewayError> {
        let anew = self.desk.flaw == Some(Flaw::CapturesAnew);
        self.asked(|gate, mood| match gate.held {
            Held::Authorised if mood == Mood::Refuses => Err(declined()),
            Held::Authorised => {
                gate.held = Held::Captured;
                gate.captures = gate.captures.saturating_add(1);
                Ok(standing(gate, intent))
            }
            Held::Captured => {
                gate.captures = gate.captures.saturating_add(u8::from(anew));
                Ok(standing(gate, intent))
            }
            _ => Err(declined()),
        })
        .await
    }

    async fn void(&self, _: Intent<'_>) -> Result<(), GatewayError> {
        let flaw = self.desk.flaw;
        self.asked(|gate, _| {
            match gate.held {
                _ if flaw == Some(Flaw::VoidsNothing) => {}
                Held::Nothing | Held::Action | Held::Pending | Held::Authorised => gate.held = Held::Cancelled,
                Held::Captured if flaw == Some(Flaw::RefundsTwice) => {
                    gate.refunded = gate.refunded.saturating_add(WHOLE)
                }
                Held::Captured => gate.refunded = WHOLE,
                Held::Declined | Held::Cancelled => {}
            }
            Ok(())
        })
        .await
    }

    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundOutcome, GatewayError> {
        let bit = bit(&request);
        let amount = u8::try_from(request.amount.amount()).unwrap_or(u8::MAX);
        self.asked(|gate, mood| {
            if gate.refunds & bit != 0 {
                return Ok(RefundOutcome::Done);
            }
            let after = gate.refunded.saturating_add(amount);
            if mood == Mood::Refuses || gate.held != Held::Captured || i64::from(after) > AMOUNT {
                return Err(declined());
            }
            (gate.refunded, gate.refunds) = (after, gate.refunds | bit);
            Ok(RefundOutcome::Done)
        })
        .await
    }

    async fn look_up(&self, intent: Intent<'_>) -> Result<Option<Standing>, GatewayError> {
        if *self.desk.mood() == Mood::Blind {
            return Err(GatewayError::unknown());
        }
        let gate = self.desk.meter.gate(self.index, |gate| *gate);
        Ok((gate.held != Held::Nothing).then(|| standing(&gate, intent)))
    }

    async fn look_up_refund(&self, request: RefundRequest<'_>) -> Result<Option<RefundOutcome>, GatewayError> {
        let gate = self.desk.meter.gate(self.index, |gate| *gate);
        Ok((gate.refunds & bit(&request) != 0).then_some(RefundOutcome::Done))
    }

    async fn list(&self, _: Timestamp, _: Timestamp, _: Option<String>) -> Result<ListPage, GatewayError> {
        Ok(ListPage::default())
    }
}

/// A refund's bit, by the last digit of its id.
fn bit(request: &RefundRequest<'_>) -> u8 {
    let digit = request.refund_id.to_string().bytes().last().unwrap_or_default();
    1_u8.rotate_left(u32::from(digit % 8))
}
