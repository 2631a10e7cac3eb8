#![allow(clippy::unwrap_used, reason = "tests")]

use rialto_dynamo::testing::{items, tables};
use serde_json::json;

use super::*;

#[tokio::test]
async fn given_checkouts_when_a_person_is_erased_then_those_that_have_ended_go_and_the_others_follow_later() {
    for table in tables("checkout").await.unwrap() {
        let checkouts = Checkouts::new(table.clone());
        let (ada, eve) = (UserId::named(&["ada"]), UserId::named(&["eve"]));
        for (name, shopper) in [("ended", ada), ("running", ada), ("theirs", eve)] {
            let order_id = OrderId::named(&[name]);
            table
                .transact(Checkouts::open(&Checkout::of(order_id), shopper, Timestamp::UNIX_EPOCH).unwrap())
                .await
                .unwrap();
        }
        let outcome = Outcome::Confirmed { order: json!({"shippingAddress": {"name": "Ada"}}) };
        checkouts.record(OrderId::named(&["ended"]), &outcome).await.unwrap();
        checkouts.record(OrderId::named(&["theirs"]), &outcome).await.unwrap();
        let erase = async || checkouts.erase(ada, None).await.unwrap();
        assert_eq!((erase().await, erase().await), ((1, None), (0, None)));
        checkouts.record(OrderId::named(&["running"]), &outcome).await.unwrap();
        assert_eq!(erase().await, (1, None));
        checkouts.record(OrderId::named(&["running"]), &outcome).await.unwrap();
        assert_eq!(items(&table).await.unwrap().len(), 2, "eve's");
    }
}

#[tokio::test]
async fn given_more_checkouts_than_a_page_when_erased_page_by_page_then_all_that_ended_go_and_one_under_way_stays() {
    let checkouts = Checkouts::new(rialto_dynamo::Table::in_memory("checkout"));
    let (ada, outcome) = (UserId::named(&["ada"]), Outcome::Confirmed { order: json!({}) });
    let most = u64::try_from(ERASED_AT_ONCE).unwrap();
    for n in 0..2 * most + 5 {
        let id = OrderId::named(&[&n.to_string()]);
        let writes = Checkouts::open(&Checkout::of(id), ada, Timestamp::UNIX_EPOCH).unwrap();
        checkouts.table().transact(writes).await.unwrap();
        if n != most {
            checkouts.record(id, &outcome).await.unwrap();
        }
    }
    let (mut erased, mut after, mut runs) = (0, None, 0);
    loop {
        let (rows, next) = checkouts.erase(ada, after).await.unwrap();
        assert!(rows <= most);
        (erased, after, runs) = (erased + rows, next, runs + 1);
        if after.is_none() {
            break;
        }
    }
    assert_eq!((erased, runs), (2 * most + 4, 3));
    assert_eq!(items(checkouts.table()).await.unwrap().len(), 2, "the one under way and its entry");
}

#[tokio::test]
async fn given_a_checkout_that_is_gone_when_it_is_put_off_told_of_or_ended_then_no_part_of_it_is_made() {
    for table in tables("checkout-gone").await.unwrap() {
        let checkouts = Checkouts::new(table.clone());
        let gone = Checkout::of(OrderId::named(&["gone"]));
        let action = NextAction { kind: "redirect".into(), url: "https://gateway.example".into(), expires_at: None };
        checkouts.look_again(&gone, Again::Later, Timestamp::UNIX_EPOCH).await.unwrap();
        for action in [Some(&action), None] {
            checkouts.record_action(gone.order_id, action).await.unwrap();
        }
        checkouts.record(gone.order_id, &Outcome::Confirmed { order: json!({}) }).await.unwrap();
        assert_eq!(items(&table).await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn given_a_checkout_when_another_run_settles_it_then_that_has_all_ids_and_says_how_the_first_was_lost() {
    use crate::{domain::Loss, workflow::Run};
    let order_id = OrderId::named(&["lost"]);
    let checkout = Checkout {
        shopper_id: Some(UserId::named(&["ada"])),
        cart_id: Some(CartId::named(&["cart"])),
        reservation_id: Some(ReservationId::named(&["r"])),
        payment_id: Some(PaymentId::named(&["p"])),
        ..Checkout::of(order_id)
    };
    let input = serde_json::to_value(Run::settling(&checkout, Loss::Aborted)).unwrap();
    assert_eq!((&input["orderId"], &input["lost"]), (&json!(order_id), &json!("ABORTED")));
    for name in ["shopperId", "cartId", "reservationId", "paymentId"] {
        assert!(input[name].is_string(), "{name}");
    }
    assert!(Run::settling(&Checkout::of(order_id), Loss::Failed).is_none());
}
