//! Pages tell which rows may be looked for, and leave none out.

use std::ops::Range;

use super::{
    merge::{Shape, Shelf, rows},
    *,
};

fn shapes(from: i64) -> Vec<Shape> {
    let shape = |n: i64| (format!("shop-{}", n % 4), n % 3 == 0, from + n, (n / 50) as u8);
    (0..9_000).map(shape).collect()
}

async fn of_group(
    reader: &ExtentReader,
    footer: &Footer,
    group: usize,
    places: &[Range<usize>],
) -> Vec<(String, bool, i64)> {
    let spans = schema::spans();
    let wanted = ["service_name", "is_entry", "start_ns"].map(|name| spans.index_of(name).unwrap());
    let wanted = spans.project(&wanted).unwrap();
    let mut rows = reader.rows_of_group(footer, &wanted, group, places).unwrap();
    let mut found = Vec::new();
    while let Some(batch) = rows.next().await.unwrap() {
        found.extend(triples(&[batch]));
    }
    found
}

#[tokio::test]
async fn candidates_hold_every_row_that_is_looked_for_and_groups_are_slices_of_time() {
    let mut shelf = Shelf::new();
    for from in [0, 4_500] {
        let extent = write(segment_id(), Table::Spans, &[rows(&shapes(from))]).unwrap().unwrap();
        shelf.put(&extent).await;
    }
    shelf.merge().await;
    for reader in shelf.readers() {
        let footer = reader.footer(&reader.head().await.unwrap()).await.unwrap();
        let groups = footer.entry_groups(&(i64::MIN..i64::MAX));
        assert!(groups.len() > 2 && groups.is_sorted_by_key(|group| std::cmp::Reverse(group.1)));
        let (mut later, mut skipped) = (i64::MAX, 0);
        for (group, last) in groups {
            let count = usize::try_from(footer.metadata().row_group(group).num_rows()).unwrap();
            let all = of_group(&reader, &footer, group, std::slice::from_ref(&(0..count))).await;
            let order: Vec<_> = all.iter().map(|row| (&row.0, !row.1, row.2)).collect();
            assert!(order.is_sorted(), "each slice is in order");
            assert_eq!(all.iter().map(|row| row.2).max(), last);
            assert!(last <= Some(later), "slices do not overlap");
            later = all.iter().map(|row| row.2).min().unwrap();
            for (service, times) in
                [(Some("shop-2"), 0..20_000), (None, 3_000..3_500), (Some("shop-9"), 0..20_000)]
            {
                let within =
                    EntriesWithin { service, start_ns: times.clone(), over_ns: None, through_ns: Some(5) };
                let places = footer.entry_candidates(group, &within);
                let fits = |row: &(String, bool, i64)| {
                    row.1 && times.contains(&row.2) && service.is_none_or(|service| row.0 == service)
                };
                let rows = of_group(&reader, &footer, group, &places).await;
                assert_eq!(rows.len(), places.iter().map(ExactSizeIterator::len).sum::<usize>());
                skipped += count - rows.len();
                let wanted = |rows: &[(String, bool, i64)]| -> Vec<_> {
                    rows.iter().filter(|row| fits(row)).cloned().collect()
                };
                assert_eq!(wanted(&rows), wanted(&all), "{within:?}");
            }
            let longer =
                EntriesWithin { service: None, start_ns: 0..20_000, over_ns: Some(5), through_ns: None };
            assert!(footer.entry_candidates(group, &longer).is_empty(), "all took 5 ns");
        }
        assert!(skipped > 0);
    }
}
