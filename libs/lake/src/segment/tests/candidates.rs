//! Pages tell which rows may be looked for, and leave none out.

use std::ops::Range;

use arrow::{
    compute::cast,
    datatypes::{DataType, Int32Type},
};

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
    let mut rows = reader.rows_of_group(footer, &wanted, group, places, Texts::Spelled).unwrap();
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
        let (mut later, mut skipped, mut told) = (i64::MAX, 0, 0);
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
                let Candidates { rows: places, sure } = footer.entry_candidates(group, &within);
                let fits = |row: &(String, bool, i64)| {
                    row.1 && times.contains(&row.2) && service.is_none_or(|service| row.0 == service)
                };
                let rows = of_group(&reader, &footer, group, &places).await;
                assert_eq!(rows.len(), places.iter().map(ExactSizeIterator::len).sum::<usize>());
                skipped += count - rows.len();
                let is_service = |row: &(String, bool, i64)| service.is_none_or(|service| row.0 == service);
                assert!(!sure.service || rows.iter().all(is_service), "{within:?}");
                assert!(!sure.is_entry || rows.iter().all(|row| row.1), "{within:?}");
                assert!(!sure.start_ns || rows.iter().all(|row| times.contains(&row.2)), "{within:?}");
                assert!(sure.duration_ns, "all took 5 ns");
                told += usize::from(sure.start_ns && !rows.is_empty());
                let wanted = |rows: &[(String, bool, i64)]| -> Vec<_> {
                    rows.iter().filter(|row| fits(row)).cloned().collect()
                };
                assert_eq!(wanted(&rows), wanted(&all), "{within:?}");
            }
            let longer =
                EntriesWithin { service: None, start_ns: 0..20_000, over_ns: Some(5), through_ns: None };
            assert!(footer.entry_candidates(group, &longer).rows.is_empty(), "all took 5 ns");
        }
        assert!(skipped > 0 && told > 0);
    }
}

#[tokio::test]
async fn what_holds_of_every_row_is_told_by_pages_alone() {
    let mut shelf = Shelf::new();
    let of_one = |n: i64| ("shop".to_owned(), true, n, (n / 50) as u8);
    let one: Vec<Shape> = (0..900).map(of_one).collect();
    shelf.put(&write(segment_id(), Table::Spans, &[rows(&one)]).unwrap().unwrap()).await;
    let reader = shelf.readers().pop().unwrap();
    let footer = reader.footer(&reader.head().await.unwrap()).await.unwrap();
    let all =
        EntriesWithin { service: Some("shop"), start_ns: 0..900, over_ns: Some(4), through_ns: Some(5) };
    let sure = |within: &EntriesWithin<'_>| footer.entry_candidates(0, within).sure;
    let every = Sure { service: true, is_entry: true, start_ns: true, duration_ns: true };
    assert_eq!(
        footer.entry_candidates(0, &all),
        Candidates { rows: std::iter::once(0..900).collect(), sure: every }
    );
    assert_eq!(sure(&EntriesWithin { start_ns: 0..899, ..all.clone() }), Sure { start_ns: false, ..every });
    assert_eq!(sure(&EntriesWithin { start_ns: 1..900, ..all.clone() }), Sure { start_ns: false, ..every });
    assert!(sure(&EntriesWithin { service: None, over_ns: None, ..all }).duration_ns);
}

#[tokio::test]
async fn texts_come_as_keys_of_the_same_texts() {
    let mut shelf = Shelf::new();
    let extent = write(segment_id(), Table::Spans, &[rows(&shapes(0))]).unwrap().unwrap();
    shelf.put(&extent).await;
    let spans = schema::spans();
    let wanted = spans.project(&[spans.index_of("service_name").unwrap()]).unwrap();
    for reader in shelf.readers() {
        let footer = reader.footer(&reader.head().await.unwrap()).await.unwrap();
        let mut answers = Vec::new();
        for texts in [Texts::Spelled, Texts::Keys] {
            let places = [10..700, 800..900];
            let (mut rows, mut names) =
                (reader.rows_of_group(&footer, &wanted, 0, &places, texts).unwrap(), Vec::new());
            while let Some(batch) = rows.next().await.unwrap() {
                let is_keys = batch.column(0).as_dictionary_opt::<Int32Type>().is_some();
                assert_eq!(is_keys, texts == Texts::Keys);
                let spelled = cast(batch.column(0), &DataType::Utf8).unwrap();
                names.extend(spelled.as_string::<i32>().iter().map(|name| name.map(str::to_owned)));
            }
            assert_eq!(names.len(), 790);
            answers.push(names);
        }
        assert_eq!(answers[0], answers[1]);
    }
}
