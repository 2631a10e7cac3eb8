use rialto_dynamo::testing;

use super::*;
use crate::{
    domain::{Command, Order, Status, samples::*},
    handlers::carry_out::carry_out,
};

async fn order_after(store: &Store, commands: &[Command]) -> Order {
    let mut order = None;
    for command in commands {
        order = Some(carry_out(store, id(), command).await.unwrap());
    }
    order.unwrap()
}

#[tokio::test]
async fn given_a_paid_order_when_its_shopper_is_erased_twice_then_only_where_it_went_is_left_and_the_sums_stay() {
    for table in testing::tables("orders").await.unwrap() {
        let store = Store::new(table.clone());
        let order = order_after(&store, &[create(), await_payment(), Command::Confirm]).await;
        let erase = || erase_person(&store, ErasePerson::of(order.shopper_id));
        assert_eq!((erase().await.unwrap().rows, erase().await.unwrap().rows), (1, 0));
        for item in testing::items(&table).await.unwrap() {
            let text = format!("{item:?}");
            assert!(!text.contains("Secret Square") && !text.contains("Lovelace"), "{text}");
        }
        let kept = store.order(id()).await.unwrap().unwrap();
        let destination = order.shipping_address.as_ref().map(rialto_kernel::Address::destination);
        assert_eq!(kept, Order { shipping_address: None, destination, ..order });
        // The last step of its checkout comes again.
        assert_eq!(carry_out(&store, id(), &Command::Confirm).await.unwrap(), kept);
    }
}

#[tokio::test]
async fn given_an_order_under_way_when_its_shopper_is_erased_then_its_address_stays_until_it_has_ended() {
    for table in testing::tables("orders").await.unwrap() {
        let store = Store::new(table);
        let order = order_after(&store, &[create(), await_payment()]).await;
        let erase = || erase_person(&store, ErasePerson::of(order.shopper_id));
        let waiting = erase().await.unwrap();
        assert_eq!((waiting.rows, waiting.left), (0, 1), "the workflow comes again");
        let confirmed = carry_out(&store, id(), &Command::Confirm).await.unwrap();
        assert_eq!((confirmed.status, confirmed.shipping_address.is_some()), (Status::Confirmed, true));
        let ended = erase().await.unwrap();
        assert_eq!((ended.rows, ended.left), (1, 0));
        // Who read the order before it was anonymised does not bring the address back.
        assert!(!store.anonymise(&confirmed).await.unwrap());
        assert!(store.order(id()).await.unwrap().unwrap().shipping_address.is_none());
    }
}

#[tokio::test]
async fn given_more_orders_than_a_page_when_erased_page_by_page_then_each_goes_once_and_the_sum_is_told() {
    let store = Store::new(rialto_dynamo::Table::in_memory("orders"));
    let orders = PAGE + 3;
    let mut shopper = None;
    for n in 0..orders {
        let id = rialto_kernel::OrderId::named(&[&n.to_string()]);
        for command in [create(), await_payment(), Command::Confirm] {
            shopper = Some(carry_out(&store, id, &command).await.unwrap().shopper_id);
        }
    }
    let first = erase_person(&store, ErasePerson::of(shopper.unwrap())).await.unwrap();
    assert_eq!((first.rows, first.after.is_some()), (u64::try_from(PAGE).unwrap(), true));
    // Its answer, as JSON, is what the workflow gives to the next run.
    let next: ErasePerson = serde_json::from_value(serde_json::to_value(&first).unwrap()).unwrap();
    let last = erase_person(&store, next.clone()).await.unwrap();
    assert_eq!((last.rows, last.after.clone()), (u64::try_from(orders).unwrap(), None));
    let again = erase_person(&store, next).await.unwrap();
    assert_eq!((again.rows, again.after), (first.rows, None), "a run that comes twice counts nothing twice");
}
