//! What goes on around the handlers: queues and the bus that deliver late and twice, card holders and banks, schedules, and
//! the clock's jumps.

use std::{rc::Rc, time::Duration};

use payments::gateway::{
    sandbox::{Act, Sandbox, SignedWebhook},
    sign,
};
use rialto_events::{Envelope, OUTBOX};
use rialto_http::{Anyone, testing::request};
use rialto_kernel::PaymentId;
use rialto_lambda::Message;
use serde_json::{Value, json};
use tokio::{task::spawn_local, time::sleep};

use crate::{
    functions::others,
    machine::{Kind, Lost},
    tables::Stream,
    world::World,
};

/// What signs the sandbox's webhooks.
pub(crate) const SECRET: &str = "whsec_simulation";

/// A queue gives a message up after so many receives.
const RECEIVES: u32 = 5;
const VISIBILITY: Duration = Duration::from_secs(60);
const USUAL: Duration = Duration::from_secs(30);

/// The streams of all tables: what is in an outbox goes to who hears it.
pub(crate) fn stream(world: &Rc<World>) -> Stream {
    let world = Rc::downgrade(world);
    Rc::new(move |_, _, item| {
        let Some(world) = world.upgrade() else { return };
        let texts = item.get(OUTBOX).and_then(|outbox| outbox.as_l().ok()).into_iter().flatten();
        for text in texts.filter_map(|text| text.as_s().ok()) {
            match serde_json::from_str::<Envelope>(text) {
                Ok(envelope) => publish(&world, envelope),
                Err(error) => world.machine.fail(format!("an outbox holds no event: {error}")),
            }
        }
    })
}

fn publish(world: &Rc<World>, envelope: Envelope) {
    let body = || json!({ "detail": envelope }).to_string();
    world.machine.note(&format!("event {} of {} at {}", envelope.event_type, envelope.subject, envelope.version));
    match envelope.event_type.as_str() {
        "StockMoved.v1" => enqueue(world, "inventory-track-availability", body(), Duration::ZERO),
        "AvailabilityChanged.v1" => enqueue(world, "carts-project-offer", body(), Duration::ZERO),
        _ => {}
    }
    world.events.borrow_mut().push(envelope);
}

/// Puts a message on its way to a queue's consumer.
pub(crate) fn enqueue(world: &Rc<World>, consumer: &'static str, body: String, delay: Duration) {
    let message = Message { id: format!("m{}", world.machine.up_to(u64::MAX)), body, receive_count: 0 };
    for _ in 0..=u64::from(world.machine.strikes(Kind::DeliveredTwice)) {
        let late = if world.machine.strikes(Kind::DeliveredLate) { 600 } else { 1 };
        let delay = delay + world.machine.within(Duration::from_secs(late));
        spawn_local(deliver(Rc::clone(world), consumer, message.clone(), delay));
    }
}

async fn deliver(world: Rc<World>, consumer: &'static str, mut message: Message, delay: Duration) {
    world.on_the_way.set(world.on_the_way.get() + 1);
    sleep(delay).await;
    while message.receive_count < RECEIVES {
        message.receive_count += 1;
        let (deployment, sent) = (Rc::clone(&world.deployment), message.clone());
        let outcome = match consumer {
            "payments-apply-webhook" => {
                let work = move || others::apply_webhook(Rc::clone(&deployment), sent.clone());
                world.machine.invoke(consumer, USUAL, work).await
            }
            "inventory-track-availability" => {
                let work = move || others::track_availability(Rc::clone(&deployment), sent.clone());
                world.machine.invoke(consumer, USUAL, work).await
            }
            _ => {
                let work = move || others::project_offer(Rc::clone(&deployment), sent.clone());
                world.machine.invoke(consumer, USUAL, work).await
            }
        };
        match outcome {
            Ok(Ok(())) => {
                world.on_the_way.set(world.on_the_way.get() - 1);
                return;
            }
            Ok(Err(error)) => world.machine.note(&format!("{consumer}: {error}")),
            Err(Lost::Died | Lost::TimedOut) => {}
        }
        sleep(VISIBILITY).await;
    }
    world.machine.note(&format!("{consumer} gave a message up"));
    world.machine.count("dead letters");
    world.dead_letters.borrow_mut().push((consumer, message));
    world.on_the_way.set(world.on_the_way.get() - 1);
}

/// Someone delivers again what was given up.
pub(crate) fn redrive(world: &Rc<World>) {
    for (consumer, message) in world.dead_letters.take() {
        enqueue(world, consumer, message.body, Duration::ZERO);
    }
}

/// Card holders and banks: for each payment that waits for them they do something, after a while, or never.
pub(crate) async fn look_after_payments(world: Rc<World>) {
    loop {
        let hours = world.machine.elapsed() > Duration::from_secs(2 * 3600);
        sleep(Duration::from_millis(if hours { 60_000 } else { 700 })).await;
        for payment_id in waiting(&world).await {
            if world.looked_after.borrow_mut().insert(payment_id.to_string()) {
                spawn_local(act(Rc::clone(&world), payment_id));
            }
        }
    }
}

async fn waiting(world: &World) -> Vec<PaymentId> {
    let rows = rialto_dynamo::testing::items(world.tables.quiet("SANDBOX_GATEWAY_TABLE")).await.unwrap_or_default();
    let rows = rows.into_iter().filter_map(|row| rialto_dynamo::from_item::<Value>(row).ok());
    let waits = |row: &Value| matches!(row["state"].as_str(), Some("action_required" | "pending"));
    rows.filter(waits).filter_map(|row| row["paymentId"].as_str().and_then(|id| id.parse().ok())).collect()
}

async fn act(world: Rc<World>, payment_id: PaymentId) {
    let sandbox = Sandbox::new(world.tables.quiet("SANDBOX_GATEWAY_TABLE").clone());
    let machine = &world.machine;
    let days = machine.percent(10);
    let acts: &[Act] = machine.one_of(&[
        &[Act::Approve][..],
        &[Act::Approve],
        &[Act::Decline],
        &[Act::Expire],
        &[Act::Pay],
        &[Act::Pay],
        &[Act::PayPart { amount: 1_000 }, Act::Pay],
        &[Act::PayPart { amount: 1_000 }, Act::Expire],
        &[],
    ]);
    for act in acts {
        let longest = if days { 300_000 } else { machine.one_of(&[30, 30, 600, 1_200]) };
        sleep(machine.within(Duration::from_secs(longest))).await;
        let told = sandbox.play(payment_id, *act, SECRET.as_bytes(), machine.time()).await.unwrap_or_default();
        machine.note(&format!("{act:?} for {payment_id}: {} webhooks", told.len()));
        if !told.is_empty() {
            machine.count(format!("act {}", json!(act)["type"].as_str().unwrap_or_default()));
        }
        for webhook in told {
            for _ in 0..=u64::from(machine.strikes(Kind::DeliveredTwice)) {
                spawn_local(send(Rc::clone(&world), webhook.clone()));
            }
        }
    }
}

/// Delivers a webhook as a gateway does: anew, and newly signed, until it is taken.
async fn send(world: Rc<World>, webhook: SignedWebhook) {
    world.on_the_way.set(world.on_the_way.get() + 1);
    let late = if world.machine.strikes(Kind::DeliveredLate) { 900 } else { 3 };
    sleep(world.machine.within(Duration::from_secs(late))).await;
    let mut signature = webhook.signature.clone();
    for attempt in 0..8_u32 {
        let (deployment, body) = (Rc::clone(&world.deployment), webhook.body.clone());
        let header = signature.clone();
        let work = move || {
            let (deployment, body, header) = (Rc::clone(&deployment), body.clone(), header.clone());
            async move {
                let request = request("POST", "/v1/payments/webhooks/sandbox").path("gateway", "sandbox").body(body);
                let request = request.header("stripe-signature", &header).at(rialto_lambda::now()).build();
                others::receive_webhook(deployment, Anyone, request).await.status().as_u16()
            }
        };
        let status = world.machine.invoke("payments-receive-webhook", USUAL, work).await.unwrap_or(0);
        world.machine.count(format!("webhook {status}"));
        if status == 200 {
            break;
        }
        sleep(Duration::from_secs(5_u64.saturating_mul(2_u64.saturating_pow(attempt)))).await;
        signature = sign(webhook.body.as_bytes(), SECRET.as_bytes(), world.machine.time());
    }
    world.on_the_way.set(world.on_the_way.get() - 1);
}

/// The schedules. They are every minute; when hours pass, some are left out.
pub(crate) async fn sweep(world: Rc<World>) {
    loop {
        let hours = world.machine.elapsed() > Duration::from_secs(2 * 3600);
        sleep(Duration::from_secs(if hours { 1_200 } else { 60 })).await;
        sweep_once(&world).await;
    }
}

/// Each schedule once.
pub(crate) async fn sweep_once(world: &Rc<World>) {
    let deployment = Rc::clone(&world.deployment);
    let work = move || others::expire_reservations(Rc::clone(&deployment));
    let expired = world.machine.invoke("inventory-expire-reservations", USUAL, work).await;
    let deployment = Rc::clone(&world.deployment);
    let work = move || others::sweep_sessions(Rc::clone(&deployment));
    let swept = world.machine.invoke("checkout-sweep-sessions", USUAL, work).await;
    for (outcome, name) in [(&expired, "expired"), (&swept, "woken"), (&swept, "recovered")] {
        let number = outcome.as_ref().ok().and_then(|it| it.as_ref().ok()).and_then(|it| it[name].as_u64());
        if number.is_some_and(|number| number > 0) {
            world.machine.count(format!("sweep {name}"));
        }
    }
}

/// The clock of all functions jumps now and then.
pub(crate) async fn jump(world: Rc<World>) {
    loop {
        sleep(world.machine.within(Duration::from_secs(120))).await;
        if world.machine.strikes(Kind::ClockJumped) {
            world.machine.jump();
        }
    }
}
