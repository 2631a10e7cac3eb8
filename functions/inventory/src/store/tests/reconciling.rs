use rialto_dynamo::{Delete, Update, cond};
use rialto_events::{Envelope, types::StockDiscrepancyFound};

use super::*;
use crate::store::{FindingState, Pass, keys};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Goes through all offers once; the pass and its new findings.
async fn pass(world: &World, second: i64) -> (Pass, u64) {
    let mut found = 0;
    for _ in 0..200 {
        let (pass, new) = until_certain(|| world.shop.reconcile_page(DAY, at(second))).await.unwrap();
        found += new;
        if pass.finished {
            return (pass, found);
        }
    }
    panic!("no end")
}

async fn told(world: &World) -> Vec<StockDiscrepancyFound> {
    let items = testing::items(&world.table).await.unwrap();
    let findings = items.iter().filter(|item| item["pk"].as_s().unwrap().starts_with("FINDINGS#"));
    let news = findings.filter_map(|item| item.get("outbox")).flat_map(|outbox| outbox.as_l().unwrap());
    news.map(|text| serde_json::from_str::<Envelope>(text.as_s().unwrap()).unwrap().read().unwrap().unwrap()).collect()
}

async fn states(world: &World, offer: OfferId) -> Vec<FindingState> {
    world.clean.findings_of(offer).await.unwrap().iter().map(|finding| finding.state).collect()
}

#[tokio::test]
async fn given_sound_books_when_reconciled_then_all_offers_are_gone_through_once_a_day_and_nothing_is_found() {
    for world in worlds(Faults::new()).await {
        let [near, far] = [world.warehouse("near", "US").await, world.warehouse("far", "FR").await];
        for number in 0..30 {
            let offer = world.stock(&format!("S{number}"), near, 5).await;
            world.stock(&format!("S{number}"), far, 5).await;
            world.clean.reserve(&wanted(ReservationId::draw(), &[(offer, 7)]), LIFE, at(0)).await.unwrap();
        }
        world.import(&[world.counted(1, "none", 0)], ImportId::draw()).await;
        let (first, found) = pass(&world, 0).await;
        assert_eq!((first.offers, first.busy, found), (31, 0, 0));
        assert_eq!(pass(&world, 86_399).await, (first.clone(), 0), "not due yet");
        let (second, _) = pass(&world, 86_400).await;
        assert_eq!((second.offers, second.started_at), (31, Some(at(86_400))));
        assert!(told(&world).await.is_empty());
    }
}

#[tokio::test]
async fn given_a_planted_difference_when_reconciled_then_it_is_told_once_and_never_mended_and_settles_when_it_is_gone()
{
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let (bad, good) = (world.stock("A", home, 5).await, world.stock("B", home, 5).await);
        let plant = |by: i64| Update::of(keys::stock(bad, home)).add("onHand", by).add("available", by);
        world.table.update(plant(1)).await.unwrap();
        assert_eq!(pass(&world, 0).await.1, 1);
        let [finding] = told(&world).await.try_into().unwrap();
        assert_eq!((finding.offer_id, finding.on_hand, finding.ledger_on_hand, finding.movements), (bad, 6, 5, 1));
        assert_eq!((pass(&world, 90_000).await.1, world.level(bad).await), (0, (6, 0, 6)), "known, and not mended");
        world.clean.book(&world.booking("A", home, 2, Reason::Received), at(3)).await.unwrap();
        assert_eq!(pass(&world, 180_000).await.1, 0, "the same difference after another movement");
        assert!(states(&world, good).await.is_empty());
        world.table.update(plant(1)).await.unwrap();
        assert_eq!(pass(&world, 270_000).await.1, 1, "another difference is new");
        world.table.update(plant(-2)).await.unwrap();
        assert_eq!((pass(&world, 360_000).await.1, states(&world, bad).await), (0, vec![FindingState::Settled]));
        world.audit().await;
        world.table.update(plant(3)).await.unwrap();
        assert_eq!((pass(&world, 450_000).await.1, states(&world, bad).await), (1, vec![FindingState::Open]));
    }
}

#[tokio::test]
async fn given_a_reserved_count_or_a_sum_that_is_wrong_when_reconciled_then_it_is_found_at_once() {
    for change in [("reserved", 1), ("available", -1)] {
        let world = World::in_memory(Faults::new());
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        world.table.update(Update::of(keys::stock(offer, home)).add(change.0, change.1)).await.unwrap();
        assert_eq!((pass(&world, 0).await.1, states(&world, offer).await), (1, vec![FindingState::Open]), "{change:?}");
    }
}

#[tokio::test]
async fn given_a_movement_that_is_missing_when_reconciled_then_it_is_suspected_first_and_told_when_it_stays_away() {
    for world in worlds(Faults::new()).await {
        let home = world.warehouse("home", "US").await;
        let offer = world.stock("A", home, 5).await;
        let lost = world.clean.ledger_of(offer).await.unwrap().remove(0);
        let key = keys::movement(lost.movement_id);
        let row = testing::item(&world.table, &key).await.unwrap().unwrap();
        world.table.delete(Delete::of(key.clone())).await.unwrap();
        assert_eq!((pass(&world, 0).await.1, states(&world, offer).await), (0, vec![FindingState::Suspected]));
        assert!(told(&world).await.is_empty(), "the index may lag");
        assert_eq!((pass(&world, 90_000).await.1, states(&world, offer).await), (1, vec![FindingState::Open]));
        assert_eq!(told(&world).await[0].ledger_movements, 0);
        assert_eq!(pass(&world, 180_000).await.1, 0);
        let mut back = rialto_dynamo::Put::of(key);
        for (name, value) in row.into_iter().filter(|(name, _)| !["pk", "sk"].contains(&name.as_str())) {
            back = back.with(name, value);
        }
        world.table.put(back).await.unwrap();
        assert_eq!((pass(&world, 270_000).await.1, states(&world, offer).await), (0, vec![FindingState::Settled]));
    }
}

#[tokio::test]
async fn given_a_movement_too_many_or_without_stock_when_reconciled_then_it_is_found() {
    let world = World::in_memory(Faults::new());
    let [near, far] = [world.warehouse("near", "US").await, world.warehouse("far", "FR").await];
    let offer = world.stock("A", near, 5).await;
    let stray = world.booking("A", far, 2, Reason::Received).movement(at(1));
    world.table.put(crate::store::ledger::entry(&stray).unwrap()).await.unwrap();
    assert_eq!(pass(&world, 0).await.1, 1);
    let findings = world.clean.findings_of(offer).await.unwrap();
    assert_eq!((findings[0].warehouse_id, findings[0].stock.on_hand, findings[0].ledger.on_hand), (far, 0, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_stock_that_moves_all_the_while_when_reconciled_then_nothing_is_found() {
    for world in worlds(Faults::new().share(10, Fault::Conflict)).await {
        let [near, far] = [world.warehouse("near", "US").await, world.warehouse("far", "FR").await];
        for number in 0..8 {
            world.stock(&format!("S{number}"), near, 50).await;
        }
        let movers: Vec<_> = (0..8_u8)
            .map(|number| {
                let (shop, seller) = (world.clean.clone(), world.seller);
                let transfer = world.transfer(number, &format!("S{number}"), [near, far], 5, 1);
                tokio::spawn(async move {
                    let offer = offer(seller, &format!("S{number}")).offer_id;
                    shop.dispatch(&transfer).await.unwrap();
                    for round in 0..15 {
                        let id = ReservationId::draw();
                        shop.reserve(&wanted(id, &[(offer, 2)]), LIFE, at(0)).await.unwrap();
                        let turn = if round % 2 == 0 { Turn::Confirm } else { Turn::Release };
                        turned(&shop, id, turn, at(1)).await.unwrap();
                        tokio::time::sleep(std::time::Duration::from_millis(u64::from(number % 4))).await;
                    }
                    shop.close(&transfer, crate::domain::Closing::Receive(4), at(2)).await.unwrap();
                })
            })
            .collect();
        for day in 0..12 {
            let (pass, found) = pass(&world, day * 90_000).await;
            assert_eq!((pass.offers, found), (8, 0), "day {day}");
        }
        for mover in movers {
            mover.await.unwrap();
        }
        let (last, found) = pass(&world, 2_000_000).await;
        assert_eq!((last.busy, found), (0, 0), "at rest, all of them are compared");
        assert!(told(&world).await.is_empty());
        world.audit().await;
    }
}

#[tokio::test]
async fn given_a_pass_that_dies_and_runs_twice_when_it_goes_on_then_every_offer_is_compared_and_each_finding_told_once()
{
    let world = World::in_memory(Faults::new());
    let home = world.warehouse("home", "US").await;
    for number in 0..40 {
        let offer = world.stock(&format!("S{number}"), home, 5).await;
        world.table.update(Update::of(keys::stock(offer, home)).add("onHand", 1).add("available", 1)).await.unwrap();
    }
    // The progress of the third page is lost after its findings were written.
    let lossy = Inventory::new(world.table.clone().with_faults(Faults::new().share(20, Fault::NotApplied).seed(3)));
    let mut failures = 0;
    for _ in 0..400 {
        match lossy.reconcile_page(DAY, at(0)).await {
            Ok((pass, _)) if pass.finished => break,
            Ok(_) => {}
            Err(_) => failures += 1,
        }
    }
    assert!(failures > 0);
    let (pass, _) = pass(&world, 0).await;
    assert_eq!((pass.offers, told(&world).await.len()), (40, 40));
    let revisions = testing::items(&world.table).await.unwrap();
    let mut findings = revisions.iter().filter(|item| item["pk"].as_s().unwrap().starts_with("FINDINGS#"));
    assert!(findings.all(|item| item["revision"].as_n().unwrap() == "1"), "no finding is written twice");
    let both = futures::join!(world.shop.reconcile_page(DAY, at(90_000)), world.shop.reconcile_page(DAY, at(90_000)));
    assert!(both.0.is_ok() || both.1.is_ok());
    let ahead = Update::of(keys::reconciliation()).add("revision", 1).when(cond::exists("pk"));
    let rival = Inventory::new(world.table.clone().with_faults(Faults::new().at(1, Fault::Rival(vec![ahead.into()]))));
    assert!(matches!(rival.reconcile_page(DAY, at(90_000)).await, Err(Error::Contended)));
}
