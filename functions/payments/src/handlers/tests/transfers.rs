//! A bank transfer to each of its ends, told by a webhook or found by looking.

use super::{webhooks::told, *};
use crate::gateway::sandbox::Act;

const METHOD: &str = "pm_sandbox_bank_transfer";

/// The acts of the bank, and what they come to: nothing of it in the last.
fn courses() -> Vec<(Vec<Act>, Option<&'static str>)> {
    let part = |amount| Act::PayPart { amount };
    vec![
        (vec![Act::Pay], None),
        (vec![part(5_000), part(9_000), Act::Pay], None),
        (vec![Act::Expire], Some("PAYMENT_EXPIRED")),
        (vec![part(5_000), Act::Expire], Some("PARTLY_PAID")),
    ]
}

#[tokio::test]
async fn given_a_bank_transfer_when_it_ends_then_webhook_and_look_up_come_to_the_same() {
    for (acts, refusal) in courses() {
        for by_webhook in [true, false] {
            let shop = shop();
            assert!(matches!(shop.authorise(METHOD).await, Err(Error::Pending)));
            for (n, act) in acts.iter().enumerate() {
                assert!(!shop.play(*act).await.is_empty());
                if by_webhook {
                    shop.apply(&told(&shop, &format!("evt_{n}"))).await.unwrap();
                }
            }
            let name = format!("{acts:?}, by webhook: {by_webhook}");
            match refusal {
                None => {
                    if by_webhook {
                        assert_eq!(shop.state().await, State::Authorised, "{name}");
                    }
                    shop.authorise(METHOD).await.unwrap();
                    for _ in 0..2 {
                        shop.capture().await.unwrap();
                    }
                    assert_eq!((shop.state().await, shop.captures().await), (State::Captured, 1), "{name}");
                }
                Some(reason) => {
                    if by_webhook {
                        assert_eq!(shop.state().await, State::Failed, "{name}");
                    }
                    let answer = shop.authorise(METHOD).await;
                    assert!(
                        matches!(&answer, Err(Error::Declined { reason: told }) if told == reason),
                        "{name}: {answer:?}"
                    );
                    assert!(matches!(shop.capture().await, Err(Error::NotAuthorised)), "{name}");
                    assert_eq!((shop.state().await, shop.captures().await), (State::Failed, 0), "{name}");
                }
            }
        }
    }
}

#[tokio::test]
async fn given_a_transfer_that_waits_when_it_is_to_be_told_then_the_step_ends_well_and_asks_nothing_of_the_shopper() {
    let shop = shop();
    let input = || AuthorisePayment { tell_waiting: true, ..shop.input(METHOD) };
    for _ in 0..2 {
        let answer = authorise_payment(&shop.context, input(), Timestamp::UNIX_EPOCH).await.unwrap();
        let expected = serde_json::json!({ "paymentId": shop.payment_id, "status": "pending", "nextAction": null });
        assert_eq!(serde_json::to_value(answer).unwrap(), expected);
    }
    assert!(matches!(shop.authorise(METHOD).await, Err(Error::Pending)), "not where it is waited for");
}

#[tokio::test]
async fn given_a_transfer_that_was_given_up_when_it_is_paid_late_then_nothing_is_kept() {
    let shop = shop();
    assert!(shop.authorise(METHOD).await.is_err());
    shop.play(Act::PayPart { amount: 5_000 }).await;
    shop.void().await.unwrap();
    assert_eq!(shop.play(Act::Pay).await, [], "the gateway has closed it");
    shop.apply(&told(&shop, "late")).await.unwrap();
    assert!(matches!(shop.authorise(METHOD).await, Err(Error::Declined { .. })));
    assert_eq!((shop.state().await, shop.captures().await), (State::Voided, 0));
}
