//! Everything that can happen, one thing at a time, by the dice of a seed.

use bytes::Bytes;
use naru_lake::catalog::commit::Outcome;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{
    Flaw,
    bus::Bus,
    catalog::{Attempt, Catalog},
    clients::Clients,
    oracle::judge,
    owner::Owner,
};
use crate::partition::{Ended, Seen};

const STEPS: u32 = 70;
const OWNERS: usize = 3;
/// So that all steps together last less than the hour within which bytes may be sent again, but for long rests.
const STEP_MS_MAX: u64 = 10_000;
const QUIET_MS: u64 = 2 * 3_600_000;

/// Runs one seed and tells its story; an error tells what is wrong with it, too.
pub(super) fn run(seed: u64, flaw: Option<Flaw>) -> Result<String, String> {
    let mut world = World::new(seed, flaw);
    world.take(0);
    for _ in 0..STEPS {
        world.step();
    }
    let judged = world.heal().and_then(|()| judge(&world.clients, &world.catalog));
    let story = world.story.join("\n");
    match judged {
        Ok(()) => Ok(story),
        Err(problem) => Err(format!("{story}\nseed {seed}: {problem}")),
    }
}

struct World {
    dice: StdRng,
    flaw: Option<Flaw>,
    now_ms: u64,
    bus: Bus,
    catalog: Catalog,
    clients: Clients,
    owners: [Option<Owner>; OWNERS],
    /// Commits that nobody waits for any more and Postgres has yet to see.
    late: Vec<Attempt>,
    story: Vec<String>,
}

impl World {
    fn new(seed: u64, flaw: Option<Flaw>) -> Self {
        Self {
            dice: StdRng::seed_from_u64(seed),
            flaw,
            now_ms: 0,
            bus: Bus::default(),
            catalog: Catalog::new(flaw),
            clients: Clients::default(),
            owners: Default::default(),
            late: Vec::new(),
            story: Vec::new(),
        }
    }

    fn step(&mut self) {
        self.now_ms += self.dice.random_range(0..STEP_MS_MAX);
        let who = self.dice.random_range(0..OWNERS);
        match self.dice.random_range(0..200) {
            0..50 => self.send(),
            50..52 => self.garble(),
            52..115 => self.read(who),
            115..135 => self.cut(who),
            135..170 => self.commit(who),
            170..180 => self.land(),
            180..184 => self.crash(who),
            184..191 => self.take(who),
            191..195 => self.purge(who),
            195..198 => self.catalog.forget_entries(self.now_ms),
            198 => self.fall_silent(),
            _ => self.rest(),
        }
    }

    fn tell(&mut self, event: impl Into<String>) {
        self.story.push(format!("{:>9} ms  {}", self.now_ms, event.into()));
    }

    /// A gateway packs new requests, and some that come again: from whom heard nothing, or heard it too late.
    fn send(&mut self) {
        let mut requests = Vec::new();
        for _ in 0..self.dice.random_range(1..=3) {
            let young = self.clients.first_young..self.clients.requests.len();
            let is_again = !young.is_empty() && self.dice.random_bool(0.4);
            requests.push(if is_again {
                self.dice.random_range(young)
            } else {
                self.clients.new_request(self.now_ms)
            });
        }
        let gateway = self.dice.random_range(1..=3);
        let pack = self.clients.pack(&requests, gateway);
        let fate = *["stored", "stored", "stored", "stored twice", "unanswered", "refused"]
            .choose(&mut self.dice)
            .unwrap();
        let times = match fate {
            "refused" => 0,
            "stored twice" => 2,
            _ => 1,
        };
        for _ in 0..times {
            self.bus.append(pack.clone(), self.now_ms);
        }
        if fate.starts_with("stored") {
            self.clients.acknowledge(&requests);
        }
        let last_seq = self.bus.last_seq();
        self.tell(format!("gateway {gateway} sends {requests:?}: {fate}, the bus ends at {last_seq}"));
    }

    /// Something that is no pack.
    fn garble(&mut self) {
        let seq = self.bus.append(Bytes::from(format!("noise of {}", self.now_ms)), self.now_ms);
        self.tell(format!("noise comes at {seq}"));
    }

    fn read(&mut self, who: usize) {
        // Delivered again, or lost on the way.
        let off = if self.dice.random_bool(0.1) { self.dice.random_range(-1..=2) } else { 0 };
        let Some(owner) = &mut self.owners[who] else { return };
        let done = owner.read(&self.bus, off);
        self.note(who, done);
    }

    fn cut(&mut self, who: usize) {
        let now_ms = self.now_ms;
        let Some(owner) = &mut self.owners[who] else { return };
        let done = owner.begin_cut(now_ms);
        self.note(who, done);
    }

    /// One try at the cut under way, if there is one. Whatever is not answered is tried again.
    fn commit(&mut self, who: usize) {
        let Some(attempt) = self.owners[who].as_ref().and_then(|owner| owner.attempt.clone()) else { return };
        match self.dice.random_range(0..10) {
            0 => self.tell(format!("owner {who}'s commit is lost")),
            1 => {
                let outcome = self.catalog.commit(&attempt, self.now_ms);
                self.tell(format!("owner {who}'s commit is answered in vain: {outcome:?}"));
            }
            2 | 3 => {
                self.late.push(attempt);
                self.tell(format!("owner {who}'s commit is late"));
            }
            fate => {
                let is_collected = fate == 4 && self.dice.random_bool(0.5);
                let outcome = if is_collected {
                    Outcome::Collected
                } else {
                    self.catalog.commit(&attempt, self.now_ms)
                };
                self.tell(format!("owner {who}'s commit ends {outcome:?}"));
                let done = self.owners[who].as_mut().unwrap().end_cut(outcome);
                self.note(who, done);
            }
        }
    }

    /// A late commit arrives, perhaps long after its owner.
    fn land(&mut self) {
        if self.late.is_empty() {
            return;
        }
        let attempt = self.late.swap_remove(self.dice.random_range(0..self.late.len()));
        let outcome = self.catalog.commit(&attempt, self.now_ms);
        let last_seq = attempt.cut.last_seq;
        self.tell(format!("a late commit through {last_seq} ends {outcome:?}"));
    }

    fn crash(&mut self, who: usize) {
        if self.owners[who].take().is_some() {
            self.tell(format!("owner {who} is killed"));
        }
    }

    /// Takes the partition; whoever had it goes on as if nothing had happened.
    fn take(&mut self, who: usize) {
        let taken = self.catalog.take();
        let seen = match self.flaw {
            Some(Flaw::ForgetsSeen) => Seen::default(),
            _ => Seen::new(self.catalog.recent_entries(self.now_ms)),
        };
        self.owners[who] = Some(Owner::begin(self.flaw, &taken, seen, &self.bus));
        self.tell(format!("owner {who} takes over: epoch {}, after {}", taken.epoch, taken.committed_seq));
    }

    /// The bus keeps nothing behind what an owner says is committed: less than the real one, which keeps an hour.
    fn purge(&mut self, who: usize) {
        let Some(seq) = self.owners[who].as_ref().map(Owner::acknowledged_seq) else { return };
        self.bus.purge_through(seq);
        self.tell(format!("owner {who} has the bus purged through {seq}"));
    }

    /// Everything is stored, and for hours nothing comes: what is sent from now on is new.
    fn rest(&mut self) {
        if self.heal().is_ok() {
            self.let_hours_pass();
            self.tell("hours pass");
        }
    }

    /// All owners die, and nobody reads for hours what is on the bus; clients give up meanwhile.
    fn fall_silent(&mut self) {
        self.owners = Default::default();
        self.let_hours_pass();
        self.tell("nobody owns it, and hours pass");
    }

    fn let_hours_pass(&mut self) {
        self.now_ms += QUIET_MS;
        self.clients.first_young = self.clients.requests.len();
    }

    /// The end of all faults: late commits arrive, and one owner reads and commits everything.
    fn heal(&mut self) -> Result<(), String> {
        while !self.late.is_empty() {
            self.land();
        }
        self.take(0);
        let now_ms = self.now_ms;
        let owner = self.owners[0].as_mut().unwrap();
        let mut finish = || -> Result<(), Ended> {
            for _ in 0..=self.bus.last_seq() {
                owner.read(&self.bus, 0)?;
            }
            owner.begin_cut(now_ms)?;
            if let Some(attempt) = &owner.attempt {
                let outcome = self.catalog.commit(attempt, now_ms);
                owner.end_cut(outcome)?;
            }
            Ok(())
        };
        finish().map_err(|ended| format!("nobody can go on: {ended}"))?;
        let (committed_seq, last_seq) = (self.catalog.offset.committed_seq, self.bus.last_seq());
        self.tell(format!("all is well: stored through {committed_seq} of {last_seq}"));
        Ok(())
    }

    /// An owner that lost its partition forgets everything.
    fn note(&mut self, who: usize, done: Result<String, Ended>) {
        match done {
            Ok(event) => self.tell(format!("owner {who} {event}")),
            Err(ended) => {
                self.owners[who] = None;
                self.tell(format!("owner {who} lets go: {ended}"));
            }
        }
    }
}
