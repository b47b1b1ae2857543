use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const DAY: i64 = 86_400_000_000_000;

fn recalling(changes: &NameChanges) -> Names {
    let mut names = Names::new(Arc::default());
    for KeptName { kind, service, name, after_ns, until_ns } in &changes.names {
        names.recall(*kind, service, name, (*after_ns, *until_ns));
    }
    for FullPlace { kind, service, through_ns } in &changes.full {
        names.recall_full(*kind, service, *through_ns);
    }
    names
}

#[test]
fn names_beyond_the_cap_are_one_and_the_first_stay_themselves() {
    let mut names = Names::new(Arc::default());
    let shop = names.service("shop", 0);
    let first = names.name(Kind::Operation, shop, "GET /0", 0);
    for n in 1..NAMES_MAX {
        assert_ne!(names.name(Kind::Operation, shop, &format!("GET /{n}"), 0), NameId::OTHER);
    }
    assert_eq!(names.name(Kind::Operation, shop, "GET /one-too-many", 0), NameId::OTHER);
    assert_eq!(names.name(Kind::Operation, shop, "GET /0", 0), first);
    let stock = names.service("stock", 0);
    assert_ne!(names.name(Kind::Operation, stock, "GET /one-too-many", 0), NameId::OTHER);
}

#[test]
fn a_project_s_names_are_bounded_whatever_its_services() {
    let mut names = Names::new(Arc::default());
    for n in 0..60 {
        let service = names.service(&format!("s{n}"), 0);
        (0..1_000).for_each(|n| _ = names.name(Kind::Operation, service, &format!("GET /{n}"), 0));
    }
    assert_eq!(names.take_changes().names.len(), PROJECT_NAMES_MAX);
}

#[test]
fn a_tenant_s_names_are_bounded_however_many_its_projects() {
    let of_tenant = Arc::default();
    let mut kept = 0;
    for _ in 0..5 {
        let mut names = Names::new(Arc::clone(&of_tenant));
        for n in 0..50 {
            let service = names.service(&format!("s{n}"), 0);
            (0..999).for_each(|n| _ = names.name(Kind::Operation, service, &format!("GET /{n}"), 0));
        }
        kept += names.take_changes().names.len();
    }
    assert_eq!(kept, tenant::TENANT_NAMES_MAX);
}

#[test]
fn a_restart_decides_as_before() {
    let mut before = Names::new(Arc::default());
    for n in 0..SERVICES_MAX {
        before.service(&format!("s{n}"), 0);
    }
    let kept = before.take_changes();
    assert_eq!(kept.names.len() as u32, SERVICES_MAX);
    assert_eq!(before.take_changes(), NameChanges::default());

    let mut after = recalling(&kept);
    assert_eq!(after.service("late", 0), NameId::OTHER);
    assert_ne!(after.service("s7", 0), NameId::OTHER);
    assert_eq!(after.take_changes().names, []);
}

#[test]
fn a_name_that_postgres_cannot_keep_is_changed() {
    let mut names = Names::new(Arc::default());
    let id = names.service("a\0b", 0);
    assert_eq!(names.text(id), "a\u{fffd}b");
    let long = names.service(&"가".repeat(500), 0);
    assert_eq!(names.text(long).len(), 510);
}

#[test]
fn that_a_name_is_in_use_is_kept_for_a_week_at_a_time() {
    let mut names = Names::new(Arc::default());
    names.service("shop", 5 * DAY);
    names.take_changes();
    for at_ns in [5 * DAY, 11 * DAY, 0] {
        names.service("shop", at_ns);
        assert_eq!(names.take_changes(), NameChanges::default());
    }
    names.service("shop", 12 * DAY);
    let untils: Vec<i64> = names.take_changes().names.iter().map(|name| name.until_ns).collect();
    assert_eq!(untils, [19 * DAY]);
}

#[test]
fn a_name_that_nothing_kept_counts_under_makes_room_and_who_was_turned_away_before_stays_so() {
    let mut names = Names::new(Arc::default());
    let service = |names: &mut Names, name: &str, at_ns| {
        let id = names.service(name, at_ns);
        names.text(id).to_owned()
    };
    (0..SERVICES_MAX).for_each(|n| _ = service(&mut names, &format!("pod-{n}"), DAY));
    assert_eq!(service(&mut names, "new", 2 * DAY), OTHER);
    service(&mut names, "pod-7", 20 * DAY);

    assert!(!names.age(8 * DAY - 1), "until then, for all that is written down");
    assert!(names.age(8 * DAY));
    assert!(!names.age(8 * DAY));

    assert_eq!(service(&mut names, "new", 20 * DAY), "new");
    assert_eq!(service(&mut names, "new", 2 * DAY), OTHER, "as it was counted");
    assert_eq!(service(&mut names, "other", 2 * DAY), OTHER, "as it may have been");
    assert_eq!(service(&mut names, "pod-7", DAY), "pod-7");
}

/// What a commit keeps, as the catalog does.
#[derive(Default)]
struct Kept {
    names: BTreeMap<(u8, String, String), KeptName>,
    full: BTreeMap<(u8, String), FullPlace>,
}

impl Kept {
    fn commit(&mut self, changes: NameChanges, aged_ns: Option<i64>) {
        for name in changes.names {
            let key = (name.kind.code(), name.service.to_string(), name.name.to_string());
            let held = self.names.entry(key).or_insert_with(|| name.clone());
            held.until_ns = held.until_ns.max(name.until_ns);
        }
        for place in changes.full {
            self.full.insert((place.kind.code(), place.service.to_string()), place);
        }
        if let Some(kept_ns) = aged_ns {
            self.names.retain(|_, name| name.until_ns > kept_ns);
        }
    }

    fn recall(&self) -> Names {
        let (names, full) = (self.names.values().cloned().collect(), self.full.values().cloned().collect());
        recalling(&NameChanges { names, full })
    }
}

proptest! {
    /// With room for three: services come and go over months, some rows a few days late; owners change; and what is kept is
    /// counted again, in another order.
    #[test]
    fn a_recount_of_what_is_kept_finds_the_names_it_was_counted_under(
        rows in prop::collection::vec((0_u8..8, 0_i64..40, 0_i64..6, 0_u8..10), 1..400),
        order in any::<u64>(),
    ) {
        const ROOM: u32 = 3;
        const KEPT_DAYS: i64 = 14;
        let of = |names: &mut Names, service: u8, at_ns: i64| {
            let id = names.admit((Kind::Service, NameId::EMPTY), &format!("s{service}"), at_ns, ROOM);
            names.text(id).to_owned()
        };
        let (mut live, mut kept, mut counted) = (Names::new(Arc::default()), Kept::default(), Vec::new());
        let (mut today, mut room_was_made) = (0, false);
        for (service, step, late_days, fate) in rows {
            today += step / 30;
            let at_ns = (today - late_days).max(0) * DAY + step;
            counted.push((service, at_ns, of(&mut live, service, at_ns)));
            if fate < 4 {
                let kept_ns = (today - KEPT_DAYS) * DAY;
                let aged_ns = live.age(kept_ns).then_some(kept_ns);
                room_was_made |= aged_ns.is_some();
                kept.commit(live.take_changes(), aged_ns);
            }
            if fate == 0 {
                live = kept.recall();
            }
        }
        kept.commit(live.take_changes(), None);
        let first_kept_ns = (today - KEPT_DAYS) * DAY;
        counted.retain(|(_, at_ns, _)| *at_ns >= first_kept_ns);
        counted.sort_by_key(|(service, at_ns, _)| at_ns.wrapping_mul(order as i64 | 1) ^ i64::from(*service));
        let mut again = kept.recall();
        for (service, at_ns, name) in counted {
            prop_assert_eq!(of(&mut again, service, at_ns), name, "s{} at {} ({})", service, at_ns, room_was_made);
        }
    }
}
