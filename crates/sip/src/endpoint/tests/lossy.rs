//! Random calls over a link that loses, doubles and reorders: whatever happens, nothing stays.

use super::*;

/// What the applications at both ends do, by chance.
struct Applications {
    rng: StdRng,
    /// What is still to be done: when, at which side, to which session.
    plans: BTreeMap<(Time, u64), (usize, SessionId, Plan)>,
    planned: u64,
    over: [Vec<SessionId>; 2],
    answered: usize,
    /// Answers in PRACKs and UPDATEs that were accepted.
    agreed: usize,
    /// INVITEs without offer.
    offerless: Vec<SessionId>,
}

#[derive(Clone, Copy)]
enum Plan {
    Ring,
    Accept,
    Reject,
    Ack,
    Cancel,
    Bye,
    Reinvite,
    /// A 183 with a session description.
    Describe,
    Update,
    /// The answer to an offer in a provisional response.
    Prack(ForkId),
    /// The answer to an UPDATE.
    Respond(TransactionId, bool),
}

impl Applications {
    fn plan(&mut self, now: Time, side: usize, id: SessionId, plan: Plan, up_to_millis: u64) {
        let wait = Duration::from_millis(self.rng.next_u64() % up_to_millis.max(1));
        self.planned += 1;
        self.plans
            .insert((now + wait, self.planned), (side, id, plan));
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.rng.next_u64() % 100 < percent
    }

    fn hear(&mut self, now: Time, side: usize, event: &Event) {
        let id = id_of(event);
        assert!(
            !self.over[side].contains(&id),
            "{} after the end",
            event_label(event)
        );
        match event {
            Event::Invite { request, .. } => {
                if request.sdp().is_none() {
                    self.offerless.push(id);
                }
                self.plan(now, side, id, Plan::Ring, 500);
                if self.chance(50) {
                    self.plan(now, side, id, Plan::Describe, 3_000);
                    self.plan(now, side, id, Plan::Update, 6_000);
                }
                let plan = if self.chance(75) {
                    Plan::Accept
                } else {
                    Plan::Reject
                };
                self.plan(now, side, id, plan, 8_000);
                if self.chance(10) {
                    self.plan(now, side, id, Plan::Bye, 10_000);
                }
            }
            Event::Reinvite { .. } => {
                let plan = if self.chance(70) {
                    Plan::Accept
                } else {
                    Plan::Reject
                };
                self.plan(now, side, id, plan, 2_000);
            }
            Event::Answered { .. } => {
                self.answered += 1;
                self.plan(now, side, id, Plan::Ack, 300);
                for plan in [Plan::Reinvite, Plan::Reinvite, Plan::Update] {
                    if self.chance(50) {
                        self.plan(now, side, id, plan, 10_000);
                    }
                }
                self.plan(now, side, id, Plan::Bye, 40_000);
            }
            Event::Acked { .. } => {
                if self.chance(50) {
                    self.plan(now, side, id, Plan::Reinvite, 10_000);
                }
                if self.chance(50) {
                    self.plan(now, side, id, Plan::Bye, 40_000);
                }
                // The peer's BYE may be lost eleven times.
                self.plan(now + LATE, side, id, Plan::Bye, 1);
            }
            Event::Provisional {
                fork: Some(fork),
                description,
                ..
            } => {
                if *description == Description::Offer {
                    self.plan(now, side, id, Plan::Prack(*fork), 500);
                }
                self.plan(now, side, id, Plan::Update, 4_000);
            }
            Event::Update {
                transaction,
                request,
                ..
            } => {
                let offers = request.sdp().is_some();
                let plan = Plan::Respond(*transaction, offers);
                self.plan(now, side, id, plan, 500);
            }
            Event::UpdateAccepted { .. } => self.agreed += 1,
            Event::Pracked { transaction, .. } => assert_eq!(*transaction, None),
            Event::ReinviteRejected { .. }
            | Event::ReinviteCancelled { .. }
            | Event::UpdateRejected { .. }
            | Event::Provisional { .. } => {}
            Event::Cancelled { .. }
            | Event::PrackTimeout { .. }
            | Event::AckTimeout { .. }
            | Event::Rejected { .. }
            | Event::Bye { .. }
            | Event::Ended { .. } => self.over[side].push(id),
            Event::Malformed { error, .. } => panic!("{error}"),
            other => panic!("{other:?}"),
        }
    }
}

/// Runs some calls with that seed; how many 2xx were reported, and how many UPDATEs accepted.
fn calls(seed: u64, link: Link, reliable_provisionals: ReliableProvisionals) -> (usize, usize) {
    let mut net = Net::with(|config| {
        config.reliable_provisionals = reliable_provisionals;
        config.methods = vec![Method::Update];
    });
    net.link = link;
    net.rng = StdRng::seed_from_u64(seed);
    let mut apps = Applications {
        rng: StdRng::seed_from_u64(!seed),
        plans: BTreeMap::new(),
        planned: 0,
        over: [Vec::new(), Vec::new()],
        answered: 0,
        agreed: 0,
        offerless: Vec::new(),
    };
    for _ in 0..6 {
        let offerless = apps.chance(25);
        let id = net.invite_with((!offerless).then_some(OFFER));
        if apps.chance(30) {
            apps.plan(net.now, A, id, Plan::Cancel, 8_000);
        } else if apps.chance(20) {
            apps.plan(net.now, A, id, Plan::Bye, 8_000);
        }
        // A callee that never answers is given up at last.
        let at = net.now + Duration::from_secs(120);
        apps.plan(at, A, id, Plan::Cancel, 1);
    }
    loop {
        for side in [A, B] {
            while let Some(event) = net.ends[side].events.pop_front() {
                apps.hear(net.now, side, &event);
            }
        }
        let plan = apps.plans.first_entry().filter(|plan| {
            let at = plan.key().0;
            net.next().is_none_or(|next| at <= next)
        });
        let Some(plan) = plan else {
            if net.step(Time::from_secs(100_000)) {
                continue;
            }
            break;
        };
        net.now = net.now.max(plan.key().0);
        let (side, id, plan) = plan.remove();
        let is_offerless = side == B && apps.offerless.contains(&id);
        let sdp = if is_offerless { OFFER } else { ANSWER };
        net.act(side, |end, now| {
            // Half of this comes at the wrong time; that must do no harm.
            let _ = match plan {
                Plan::Ring => end.provisional(now, id, 180, "", &[], None),
                Plan::Accept => end.accept(now, id, &[], Some(sdp)),
                Plan::Describe => end.provisional(now, id, 183, "", &[], Some(sdp)),
                Plan::Update => {
                    let offer =
                        (now.since(Time::ZERO).as_millis() % 2 == 0).then(|| OFFER.to_vec());
                    let _ = end.update(now, id, offer, &[]);
                    end.update(now, id, None, &[])
                }
                Plan::Prack(fork) => end.prack(now, id, fork, ANSWER),
                Plan::Respond(transaction, offers) => {
                    let body = offers.then(|| Body::sdp(ANSWER.to_vec()));
                    end.respond(now, transaction, 200, "", &[], body.as_ref())
                }
                Plan::Reject => end.reject(now, id, 486, "", &[]),
                Plan::Reinvite => end.reinvite(now, id, Some(OFFER.to_vec()), &[]),
                Plan::Ack => {
                    end.ack(now, id, None);
                    Ok(())
                }
                Plan::Cancel => {
                    end.cancel(now, id, &[]);
                    Ok(())
                }
                Plan::Bye => {
                    end.bye(now, id, &[]);
                    Ok(())
                }
            };
        });
    }
    for side in [A, B] {
        let endpoint = &net.ends[side].endpoint;
        assert_eq!(endpoint.sessions(), 0, "seed {seed}: {:#?}", net.ladder);
        assert_eq!(endpoint.transactions(), 0, "seed {seed}: {:#?}", net.ladder);
    }
    assert_eq!(apps.over[A].len(), 6, "seed {seed}: each call has one end");
    let counts = (apps.answered, apps.agreed);
    net.finish();
    counts
}

/// The sums over so many seeds.
fn many(seeds: u64, link: Link, reliable: ReliableProvisionals) -> (usize, usize) {
    let each = (0..seeds).map(|seed| calls(seed, link, reliable));
    each.fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1))
}

const LATE: Duration = Duration::from_secs(200);

const SETTINGS: [ReliableProvisionals; 3] = [
    ReliableProvisionals::Off,
    ReliableProvisionals::Supported,
    ReliableProvisionals::Required,
];

#[test]
fn nothing_stays_after_random_calls_on_a_good_link() {
    for setting in SETTINGS {
        let (answered, agreed) = many(100, Link::default(), setting);
        assert!(answered > 200, "{setting:?}: {answered}");
        assert!(agreed > 100, "{setting:?}: {agreed}");
    }
}

#[test]
fn nothing_stays_after_random_calls_on_a_bad_link() {
    let link = Link {
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(400),
        loss: 20,
        duplicates: 15,
    };
    for setting in SETTINGS {
        let (answered, agreed) = many(200, link, setting);
        assert!(answered > 300, "{setting:?}: {answered}");
        assert!(agreed > 100, "{setting:?}: {agreed}");
    }
}

#[test]
fn nothing_stays_after_random_calls_on_a_terrible_link() {
    let link = Link {
        delay: Duration::from_millis(100),
        jitter: Duration::from_secs(3),
        loss: 60,
        duplicates: 30,
    };
    for setting in SETTINGS {
        many(100, link, setting);
    }
}
