use super::*;
use crate::domain::MAX_ON_HAND;

#[tokio::test]
async fn given_a_booking_when_it_is_booked_again_then_the_stock_moves_once() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let receipt = world.booking("A", home, 5, Reason::Received);
        for _ in 0..3 {
            let row = world.shop.book(&receipt, at(0)).await.unwrap();
            assert_eq!((row.on_hand, row.reserved, row.available, row.version), (5, 0, 5, 1));
        }
        let loss = world.booking("A", home, -5, Reason::Adjusted);
        for _ in 0..2 {
            assert_eq!(world.shop.book(&loss, at(1)).await.unwrap().on_hand, 0);
        }
        world.audit().await;
    }
}

#[tokio::test]
async fn given_reserved_units_when_an_adjustment_would_take_them_then_it_is_refused() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 3)]), LIFE, at(0)).await.unwrap();
        let refused = world.shop.book(&world.booking("A", home, -3, Reason::Adjusted), at(1)).await.unwrap_err();
        assert!(matches!(refused, Error::BelowReserved { on_hand: 5, reserved: 3 }));
        assert_eq!(world.shop.book(&world.booking("A", home, -2, Reason::Adjusted), at(1)).await.unwrap().available, 0);
        let nothing = world.shop.book(&world.booking("B", home, -1, Reason::Adjusted), at(1)).await.unwrap_err();
        assert!(matches!(nothing, Error::BelowReserved { on_hand: 0, reserved: 0 }));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_full_warehouse_when_more_comes_in_then_it_is_refused() {
    let world = World::in_memory(Faults::new());
    let home = world.warehouse("home", "US").await;
    world.stock("A", home, MAX_ON_HAND).await;
    let refused = world.shop.book(&world.booking("A", home, 1, Reason::Received), at(1)).await.unwrap_err();
    assert!(matches!(refused, Error::TooMuchStock));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_receipts_and_buyers_at_once_when_answers_get_lost_then_the_books_are_right() {
    for world in worlds(Faults::new().share(20, Fault::Conflict).share(10, Fault::AnswerLost)).await {
        let home = world.warehouse("home", "US").await;
        let offer = offer(world.seller, "A").offer_id;
        let receipts = (0..20).map(|_| {
            let (shop, receipt) = (world.shop.clone(), world.booking("A", home, 2, Reason::Received));
            tokio::spawn(async move { until_certain(|| shop.book(&receipt, at(0))).await.map(drop) })
        });
        let buyers = (0..30).map(|_| {
            let (shop, wish) = (world.shop.clone(), wanted(ReservationId::draw(), &[(offer, 1)]));
            tokio::spawn(async move { until_certain(|| shop.reserve(&wish, LIFE, at(0))).await.map(drop) })
        });
        let (mut got, tasks) = (0, receipts.chain(buyers).collect::<Vec<_>>());
        for (index, task) in tasks.into_iter().enumerate() {
            match task.await.unwrap() {
                Ok(()) if index >= 20 => got += 1,
                Ok(()) => {}
                Err(error) => assert!(matches!(error, Error::OutOfStock { .. }), "{error}"),
            }
        }
        assert_eq!(world.level(offer).await, (40, got, 40 - got));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_two_sellers_with_one_sku_when_looked_up_then_each_finds_their_own_and_an_operator_must_say_which() {
    for world in worlds(Faults::new()).await {
        let rival = SellerId::draw();
        world.import(&[world.counted(1, "A", 5), world.counted(2, "B", 1)], ImportId::draw()).await;
        let theirs = offer(rival, "A");
        let row = crate::store::Counted {
            line: 1,
            offer_id: theirs.offer_id,
            product_id: theirs.product_id,
            sku: "A".to_owned(),
            quantity: 1,
        };
        world.shop.set_counted(rival, ImportId::draw(), &[row], at(0)).await.unwrap();
        assert_eq!(world.shop.offer_by_sku(Some(rival), "A").await.unwrap(), theirs);
        let ours = world.shop.offer_by_sku(None, "B").await.unwrap();
        assert_eq!(ours, offer(world.seller, "B"));
        assert!(matches!(world.shop.offer_by_sku(Some(rival), "B").await, Err(Error::UnknownOffer)));
        assert!(matches!(world.shop.offer_by_sku(None, "C").await, Err(Error::UnknownOffer)));
        let Err(Error::AmbiguousSku { offers }) = world.shop.offer_by_sku(None, "A").await else { panic!("ambiguous") };
        assert_eq!(offers.len(), 2);
        assert_eq!(world.shop.offer(Some(world.seller), ours.offer_id).await.unwrap(), ours);
        assert_eq!(world.shop.offer(None, theirs.offer_id).await.unwrap(), theirs);
        assert!(matches!(world.shop.offer(Some(world.seller), theirs.offer_id).await, Err(Error::UnknownOffer)));
    }
}
