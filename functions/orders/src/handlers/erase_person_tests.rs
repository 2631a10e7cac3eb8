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
        let erase = || erase_person(&store, ErasePerson { user_id: order.shopper_id });
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
        let erase = || erase_person(&store, ErasePerson { user_id: order.shopper_id });
        assert_eq!(erase().await.unwrap().rows, 0);
        let confirmed = carry_out(&store, id(), &Command::Confirm).await.unwrap();
        assert_eq!((confirmed.status, confirmed.shipping_address.is_some()), (Status::Confirmed, true));
        assert_eq!(erase().await.unwrap().rows, 1);
        // Who read the order before it was anonymised does not bring the address back.
        assert!(!store.anonymise(&confirmed).await.unwrap());
        assert!(store.order(id()).await.unwrap().unwrap().shipping_address.is_none());
    }
}
