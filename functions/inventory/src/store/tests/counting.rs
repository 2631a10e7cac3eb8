use super::*;
use crate::store::Rejected;

#[tokio::test]
async fn given_a_new_offer_when_counted_twice_then_stock_and_ledger_have_it_once() {
    for world in worlds(Faults::new()).await {
        let import = ImportId::draw();
        let rows = [world.counted(2, "A", 5), world.counted(3, "B", 0)];
        for _ in 0..2 {
            assert_eq!(world.import(&rows, import).await, []);
        }
        let none = offer(world.seller, "B").offer_id;
        assert_eq!(world.level(offer(world.seller, "A").offer_id).await, (5, 0, 5));
        assert_eq!(world.clean.stock_of(none).await.unwrap().len(), 1, "an offer with no stock is known all the same");
        assert_eq!(world.clean.ledger_of(none).await.unwrap(), []);
        world.audit().await;
    }
}

#[tokio::test]
async fn given_reserved_units_when_fewer_are_counted_then_the_row_is_refused_and_the_rest_is_set() {
    for world in worlds(Faults::new()).await {
        world.import(&[world.counted(2, "A", 5), world.counted(3, "B", 5)], ImportId::draw()).await;
        let id = offer(world.seller, "A").offer_id;
        world.clean.reserve(&wanted(ReservationId::draw(), &[(id, 3)]), LIFE, at(0)).await.unwrap();
        let rejected = world.import(&[world.counted(3, "B", 9), world.counted(2, "A", 2)], ImportId::draw()).await;
        assert_eq!(rejected, [Rejected { line: 2, offer_id: id, reserved: 3 }]);
        assert_eq!(world.level(id).await, (5, 3, 2));
        assert_eq!(world.level(offer(world.seller, "B").offer_id).await, (9, 0, 9));
        assert_eq!(world.import(&[world.counted(2, "A", 3)], ImportId::draw()).await, []);
        assert_eq!(world.level(id).await, (3, 3, 0));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_row_that_moved_stock_when_its_import_runs_again_after_sales_then_nothing_is_set_or_refused() {
    for world in worlds(Faults::new()).await {
        let import = ImportId::draw();
        world.import(&[world.counted(2, "A", 5)], import).await;
        let id = offer(world.seller, "A").offer_id;
        let sale = wanted(ReservationId::draw(), &[(id, 2)]);
        world.clean.reserve(&sale, LIFE, at(0)).await.unwrap();
        turned(&world.clean, sale.reservation_id, Turn::Confirm, at(1)).await.unwrap();
        assert_eq!(world.import(&[world.counted(2, "A", 5)], import).await, []);
        assert_eq!(world.level(id).await, (3, 0, 3), "units that were sold do not come back");
        world.audit().await;
    }
}

#[tokio::test]
async fn given_one_offer_on_two_lines_when_counted_then_the_last_line_counts() {
    for world in worlds(Faults::new()).await {
        let rows = [world.counted(2, "A", 5), world.counted(3, "A", 7), world.counted(4, "A", 6)];
        world.import(&rows, ImportId::draw()).await;
        assert_eq!(world.level(offer(world.seller, "A").offer_id).await, (6, 0, 6));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_stock_that_moves_between_read_and_write_when_counted_then_the_count_holds() {
    let world = World::in_memory(Faults::new());
    world.import(&[world.counted(2, "A", 5)], ImportId::draw()).await;
    let home = world.clean.default_warehouse(world.seller).await.unwrap();
    let shop = world.with_rival(&world.booking("A", home, -2, Reason::Adjusted));
    shop.set_counted(world.seller, ImportId::draw(), &[world.counted(2, "A", 9)], at(1)).await.unwrap();
    assert_eq!(world.level(offer(world.seller, "A").offer_id).await, (9, 0, 9));
    world.audit().await;
}

#[tokio::test]
async fn given_an_offer_that_moved_to_another_product_when_counted_then_its_rows_say_so() {
    let world = World::in_memory(Faults::new());
    world.import(&[world.counted(2, "A", 5)], ImportId::draw()).await;
    let mut row = world.counted(2, "A", 5);
    row.product_id = ProductId::named(&["parent"]);
    world.import(std::slice::from_ref(&row), ImportId::draw()).await;
    assert_eq!(world.clean.stock_of(row.offer_id).await.unwrap()[0].product_id, row.product_id);
    assert_eq!(world.clean.offer_by_sku(Some(world.seller), "A").await.unwrap().product_id, row.product_id);
    world.audit().await;
}

#[tokio::test]
async fn given_a_count_beyond_all_measure_when_set_then_nothing_is_written() {
    let world = World::in_memory(Faults::new());
    let rows = [world.counted(2, "A", u32::MAX)];
    let refused = world.shop.set_counted(world.seller, ImportId::draw(), &rows, at(0)).await.unwrap_err();
    assert!(matches!(refused, Error::TooMuchStock));
    assert!(testing::items(&world.table).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_250_rows_and_buyers_when_answers_get_lost_then_each_row_is_set_once() {
    let faults = Faults::new().share(10, Fault::Conflict).share(5, Fault::AnswerLost).share(2, Fault::NotApplied);
    for world in worlds(faults).await {
        let rows: Vec<_> = (0..250).map(|n| world.counted(n + 2, &format!("S{n}"), 10)).collect();
        let import = ImportId::draw();
        let first = rows[0].offer_id;
        world.clean.set_counted(world.seller, ImportId::draw(), &rows[..1], at(0)).await.unwrap();
        let shop = world.shop.clone();
        let buyers = tokio::spawn(async move {
            for _ in 0..5 {
                let sale = wanted(ReservationId::draw(), &[(first, 1)]);
                until_certain(|| shop.reserve(&sale, LIFE, at(0))).await.unwrap();
                turned(&shop, sale.reservation_id, Turn::Confirm, at(1)).await.unwrap();
            }
        });
        let counted = until_certain(|| world.shop.set_counted(world.seller, import, &rows, at(1)));
        assert_eq!(counted.await.unwrap(), []);
        buyers.await.unwrap();
        assert_eq!(world.level(rows[249].offer_id).await, (10, 0, 10));
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_new_item_when_told_twice_and_after_a_newer_count_then_its_first_stock_is_booked_once() {
    for world in worlds(Faults::new().share(30, Fault::Conflict).share(20, Fault::AnswerLost)).await {
        let (listing, item) = (ImportId::draw(), world.counted(1, "A", 5));
        let id = offer(world.seller, "A").offer_id;
        while world.shop.stock_new(world.seller, listing, &item, at(0)).await.is_err() {}
        world.shop.stock_new(world.seller, listing, &item, at(0)).await.ok();
        assert_eq!(world.level(id).await, (5, 0, 5));
        world.import(&[world.counted(2, "A", 9), world.counted(3, "B", 4)], ImportId::draw()).await;
        let late = world.counted(1, "B", 7);
        for item in [&item, &late] {
            while world.shop.stock_new(world.seller, listing, item, at(1)).await.is_err() {}
        }
        assert_eq!(world.level(id).await, (9, 0, 9));
        assert_eq!(world.level(offer(world.seller, "B").offer_id).await, (4, 0, 4));
        world.audit().await;
    }
}
