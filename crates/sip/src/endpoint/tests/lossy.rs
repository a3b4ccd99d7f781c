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
            Event::Invite { .. } => {
                self.plan(now, side, id, Plan::Ring, 500);
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
                for _ in 0..2 {
                    if self.chance(50) {
                        self.plan(now, side, id, Plan::Reinvite, 10_000);
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
            }
            Event::ReinviteRejected { .. }
            | Event::ReinviteCancelled { .. }
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

/// Runs some calls with that seed; how many 2xx were reported.
fn calls(seed: u64, link: Link) -> usize {
    let mut net = Net::new();
    net.link = link;
    net.rng = StdRng::seed_from_u64(seed);
    let mut apps = Applications {
        rng: StdRng::seed_from_u64(!seed),
        plans: BTreeMap::new(),
        planned: 0,
        over: [Vec::new(), Vec::new()],
        answered: 0,
    };
    for _ in 0..6 {
        let id = net.invite();
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
        net.act(side, |end, now| {
            // Half of this comes at the wrong time; that must do no harm.
            let _ = match plan {
                Plan::Ring => end.provisional(now, id, 180, "", &[], None),
                Plan::Accept => end.accept(now, id, &[], Some(ANSWER)),
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
    let answered = apps.answered;
    net.finish();
    answered
}

#[test]
fn nothing_stays_after_random_calls_on_a_good_link() {
    let answered: usize = (0..100).map(|seed| calls(seed, Link::default())).sum();
    assert!(answered > 200, "{answered}");
}

#[test]
fn nothing_stays_after_random_calls_on_a_bad_link() {
    let link = Link {
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(400),
        loss: 20,
        duplicates: 15,
    };
    let answered: usize = (0..200).map(|seed| calls(seed, link)).sum();
    assert!(answered > 300, "{answered}");
}

#[test]
fn nothing_stays_after_random_calls_on_a_terrible_link() {
    let link = Link {
        delay: Duration::from_millis(100),
        jitter: Duration::from_secs(3),
        loss: 60,
        duplicates: 30,
    };
    for seed in 0..100 {
        calls(seed, link);
    }
}
