//! A second gateway: only for payments that the first cannot have heard of.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;

use super::*;
use crate::{
    domain::{Change, GatewayName, Standing, Stands},
    gateway::{Authorisation, GatewayError, Intent, ListPage, PaymentGateway, RefundOutcome, RefundRequest},
};

/// A gateway that answers authorisations as it is told, and then approves; and notes what it was asked.
#[derive(Default)]
pub(super) struct Scripted {
    name: GatewayName,
    answers: Mutex<VecDeque<GatewayError>>,
    asked: Mutex<Vec<String>>,
    /// Whether it does not answer when something is looked up.
    deaf: bool,
    /// What happens between the question and its answer.
    meanwhile: Mutex<Option<(Payments, PaymentId, Vec<Change>)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scripted {
    fn new(name: GatewayName, answers: &[GatewayError]) -> Arc<Self> {
        Arc::new(Self { name, answers: Mutex::new(answers.iter().cloned().collect()), ..Self::default() })
    }

    /// One that knows nothing of any payment, or does not answer about it.
    pub(super) fn ignorant(name: GatewayName, deaf: bool) -> Arc<Self> {
        Arc::new(Self { name, deaf, ..Self::default() })
    }

    pub(super) fn asked(&self) -> Vec<String> {
        locked(&self.asked).clone()
    }
}

#[async_trait]
impl PaymentGateway for Scripted {
    fn name(&self) -> GatewayName {
        self.name
    }
    async fn authorise(&self, request: Authorisation<'_>) -> Result<Standing, GatewayError> {
        locked(&self.asked).push(request.method.to_owned());
        let meanwhile = locked(&self.meanwhile).take();
        if let Some((payments, id, changes)) = meanwhile {
            for change in changes {
                let payment = payments.load(id).await.unwrap().unwrap();
                payments.record(&payment, &change, None, Timestamp::UNIX_EPOCH).await.unwrap();
            }
        }
        match locked(&self.answers).pop_front() {
            Some(error) => Err(error),
            None => Ok(Standing {
                reference: "r".to_owned(),
                stands: Stands::Authorised,
                amount: request.intent.amount,
                refunded: 0,
            }),
        }
    }
    async fn capture(&self, _: Intent<'_>) -> Result<Standing, GatewayError> {
        Err(GatewayError::unknown())
    }
    async fn void(&self, intent: Intent<'_>) -> Result<(), GatewayError> {
        locked(&self.asked).push(format!("void {}", intent.reference.unwrap_or_default()));
        Ok(())
    }
    async fn refund(&self, _: RefundRequest<'_>) -> Result<RefundOutcome, GatewayError> {
        Ok(RefundOutcome::Pending)
    }
    async fn look_up(&self, _: Intent<'_>) -> Result<Option<Standing>, GatewayError> {
        if self.deaf { Err(GatewayError::unknown()) } else { Ok(None) }
    }
    async fn look_up_refund(&self, _: RefundRequest<'_>) -> Result<Option<RefundOutcome>, GatewayError> {
        Ok(None)
    }
    async fn list(&self, _: Timestamp, _: Timestamp, _: Option<String>) -> Result<ListPage, GatewayError> {
        Ok(ListPage::default())
    }
}

struct Two {
    shop: Shop,
    first: Arc<Scripted>,
    second: Arc<Scripted>,
}

fn two(answers: &[GatewayError]) -> Two {
    let (first, second) = (Scripted::new(GatewayName::Stripe, answers), Scripted::new(GatewayName::Paypal, &[]));
    let mut shop = shop();
    shop.context.gateways = Gateways::new(first.clone(), Some(second.clone()));
    Two { shop, first, second }
}

impl Two {
    async fn authorise(&self, fallback: Option<&str>) -> Result<(), Error> {
        let mut input = self.shop.input("pm_1");
        input.tokens = TokensByGateway::from([(GatewayName::Stripe, token("pm_1"))]);
        input.tokens.extend(fallback.map(|fallback| (GatewayName::Paypal, token(fallback))));
        authorise_payment(&self.shop.context, input, Timestamp::UNIX_EPOCH).await.map(|_| ())
    }
}

#[tokio::test]
async fn given_a_first_gateway_that_was_not_reached_when_asked_then_the_second_takes_the_payment() {
    let two = two(&[GatewayError::NotReached]);
    two.authorise(Some("vault_1")).await.unwrap();
    assert_eq!((two.first.asked(), two.second.asked()), (vec!["pm_1".to_owned()], vec!["vault_1".to_owned()]));
    assert_eq!(two.shop.payment().await.gateway, GatewayName::Paypal);
    assert_eq!(two.shop.outcomes().await, ["stripe authorise not_reached", "paypal authorise ok"]);
    // Whatever is asked of it later is asked of the second.
    two.authorise(Some("vault_1")).await.unwrap();
    assert_eq!(two.first.asked().len(), 1);
}

#[tokio::test]
async fn given_any_other_failure_of_the_first_when_asked_again_and_again_then_the_second_never_hears_of_it() {
    let unknown = GatewayError::unknown;
    for answers in [
        vec![unknown()],
        vec![GatewayError::OutcomeUnknown { reference: Some("pi".to_owned()) }],
        vec![GatewayError::RateLimited],
        vec![GatewayError::Transient(String::new())],
        vec![unknown(), GatewayError::NotReached, GatewayError::NotReached],
        vec![GatewayError::RateLimited, GatewayError::NotReached],
    ] {
        let two = two(&answers);
        for _ in &answers {
            assert!(matches!(two.authorise(Some("vault_1")).await, Err(Error::OutcomeUnknown)), "{answers:?}");
        }
        two.authorise(Some("vault_1")).await.unwrap();
        assert_eq!(two.second.asked(), Vec::<String>::new(), "{answers:?}");
        assert_eq!(two.shop.payment().await.gateway, GatewayName::Stripe);
    }
}

#[tokio::test]
async fn given_another_run_that_asked_meanwhile_when_the_first_was_not_reached_then_the_second_is_not_asked() {
    let two = two(&[GatewayError::NotReached]);
    let again = vec![Change::AskedAgain];
    *locked(&two.first.meanwhile) = Some((two.shop.context.payments.clone(), two.shop.payment_id, again));
    assert!(matches!(two.authorise(Some("vault_1")).await, Err(Error::Changed)));
    assert_eq!(two.second.asked(), Vec::<String>::new(), "the other run may have been heard");
}

#[tokio::test]
async fn given_a_method_without_a_token_at_the_second_when_the_first_was_not_reached_then_it_waits_for_the_first() {
    let two = two(&[GatewayError::NotReached]);
    assert!(matches!(two.authorise(None).await, Err(Error::OutcomeUnknown)));
    two.authorise(None).await.unwrap();
    assert_eq!((two.first.asked().len(), two.second.asked().len()), (2, 0));
}

#[tokio::test]
async fn given_a_gateway_that_keeps_failing_when_new_payments_come_then_they_go_to_the_second_and_old_ones_do_not() {
    let mut two = two(&vec![GatewayError::unknown(); 5]);
    let mut ids = Vec::new();
    for _ in 0..5 {
        two.shop.payment_id = PaymentId::draw();
        ids.push(two.shop.payment_id);
        assert!(two.authorise(Some("vault_1")).await.is_err());
    }
    two.shop.payment_id = PaymentId::draw();
    two.authorise(Some("vault_1")).await.unwrap();
    assert_eq!((two.first.asked().len(), two.second.asked().len()), (5, 1), "the breaker is open");
    for id in ids {
        two.shop.payment_id = id;
        two.authorise(Some("vault_1")).await.unwrap();
        assert_eq!(two.shop.payment().await.gateway, GatewayName::Stripe);
    }
    assert_eq!((two.first.asked().len(), two.second.asked().len()), (10, 1));
}

#[tokio::test]
async fn given_a_decline_when_asked_then_it_is_final_and_the_second_is_not_tried() {
    let two = two(&[GatewayError::Declined { code: "INSUFFICIENT_FUNDS".to_owned() }]);
    for _ in 0..2 {
        assert!(matches!(two.authorise(Some("vault_1")).await, Err(Error::Declined { .. })));
    }
    assert_eq!((two.first.asked().len(), two.second.asked().len()), (1, 0));
}

#[tokio::test]
async fn given_a_request_that_the_gateway_takes_for_a_mistake_when_asked_then_the_payment_is_not_said_to_be_declined() {
    let two = two(&[GatewayError::Rejected { code: "parameter_missing".to_owned() }]);
    let answer = two.authorise(Some("vault_1")).await;
    assert!(matches!(&answer, Err(error) if rialto_lambda::StepError::name(error) == "Unavailable"), "{answer:?}");
    assert_eq!(two.shop.state().await, State::Authorising);
}

#[tokio::test]
async fn given_a_second_token_but_no_second_gateway_when_asked_then_the_first_gets_its_own() {
    let mut two = two(&[]);
    two.shop.context.gateways = Gateways::new(two.first.clone(), None);
    two.authorise(Some("vault_1")).await.unwrap();
    assert_eq!((two.first.asked(), two.second.asked().len()), (vec!["pm_1".to_owned()], 0));
}

#[tokio::test]
async fn given_a_method_that_no_gateway_knows_when_asked_then_it_is_declined_and_nobody_hears_of_it() {
    let two = two(&[]);
    let input = || AuthorisePayment { tokens: TokensByGateway::new(), ..two.shop.input("pm_1") };
    for _ in 0..2 {
        let refused = authorise_payment(&two.shop.context, input(), Timestamp::UNIX_EPOCH).await;
        assert!(
            matches!(&refused, Err(Error::Declined { reason }) if reason == "UNKNOWN_PAYMENT_METHOD"),
            "{refused:?}"
        );
    }
    assert_eq!((two.first.asked().len(), two.second.asked().len()), (0, 0));
}

#[tokio::test]
async fn given_a_payment_given_up_while_its_gateway_was_asked_when_the_answer_holds_money_then_it_is_let_go() {
    let two = two(&[]);
    let over = vec![Change::VoidStarted, Change::Voided];
    *locked(&two.first.meanwhile) = Some((two.shop.context.payments.clone(), two.shop.payment_id, over));
    assert!(matches!(two.authorise(None).await, Err(Error::Changed)));
    assert_eq!(two.first.asked(), ["pm_1", "void r"], "nobody else knows of it");
    assert!(matches!(two.authorise(None).await, Err(Error::Declined { .. })));
    assert_eq!(two.shop.outcomes().await, ["stripe void ok"]);
}
