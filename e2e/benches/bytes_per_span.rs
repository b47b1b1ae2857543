//! Bytes per span, column by column, of cuts and of what they are merged into, on the load generator's corpus.
//!
//! `cargo bench --workspace --bench bytes_per_span -- [spans]`, a million unless said otherwise.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a command line for engineers")]

use std::{collections::BTreeMap, time::Instant};

use arrow::array::RecordBatch;
use naru_ids::{ProjectId, SegmentId, TenantId, UnixMs};
use naru_lake::{
    catalog::SegmentRow,
    path::day_of_ns,
    seal::{ExtentKey, TenantKey},
    segment::{self, Directory, ExtentReader, SealedObject, Section},
    store::Store,
};
use naru_load::corpus::Corpus;
use naru_signal::{Signal, Table};
use object_store::path::Path;
use parquet::file::metadata::ParquetMetaDataReader;

const BASE_MS: u64 = 1_795_244_400_000;
const TRACES_PER_REQUEST: usize = 20;
/// Ten cuts in ten minutes are what the first merge usually finds.
const CUTS: u64 = 10;

struct Lake {
    dir: tempfile::TempDir,
    store: Store,
    key: TenantKey,
    tenant: TenantId,
}

#[tokio::main]
async fn main() {
    let spans = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000_000);
    let dir = tempfile::tempdir().unwrap();
    let store = Store::on_disk(dir.path()).unwrap();
    let lake =
        Lake { dir, store, key: TenantKey::generate(&mut rand::rng()), tenant: TenantId::new(UnixMs(1)) };
    let (cuts, raw) = lake.cuts(spans).await;
    let total: u64 = cuts.iter().map(|row| row.rows).sum();
    println!("{total} spans, {:.1} B of OTLP each", raw as f64 / total as f64);
    lake.report("cuts", &cuts).await;
    let (started, cpu) = (Instant::now(), cpu_s());
    let merged = lake.merge(&cuts).await;
    println!("merged in {:.1} s, {:.1} s of CPU", started.elapsed().as_secs_f64(), cpu_s() - cpu);
    lake.report("merged", &[merged]).await;
}

/// Of this process so far, user and system. Linux counts in hundredths.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2);
    fields.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

impl Lake {
    async fn cuts(&self, spans: u64) -> (Vec<SegmentRow>, u64) {
        // The corpus repeats itself after 32 requests, which no traffic does.
        let mut corpus = Corpus::new(0, TRACES_PER_REQUEST);
        let (mut rows, mut raw, mut number, mut sent) = (Vec::new(), 0, 0, 0);
        for cut in 1..=CUTS {
            let mut batches: Vec<RecordBatch> = Vec::new();
            while sent < spans * cut / CUTS {
                if number % 32 == 31 {
                    corpus = Corpus::new(number, TRACES_PER_REQUEST);
                }
                let body = corpus.body(number, BASE_MS + sent * 600_000 / spans);
                raw += body.bytes.len() as u64;
                sent += u64::from(body.items);
                number += 1;
                batches.extend(naru_writer::rows_of(
                    Signal::Traces,
                    body.bytes,
                    BASE_MS + sent * 600_000 / spans + 50,
                ));
            }
            let id = SegmentId::new(UnixMs(cut));
            let extent = segment::write(id, Table::Spans, &batches).unwrap().unwrap();
            let key = ExtentKey::generate(self.tenant, id, &mut rand::rng());
            let path = format!("cuts/{cut}");
            let sealed = key.seal(&extent.chunks);
            let length = sealed.iter().map(|chunk| chunk.len() as u64).sum();
            self.store.create(&Path::from(path.as_str()), sealed).await.unwrap();
            rows.push(self.row(id, &key, path, length, extent.rows, extent.min_start_ns));
        }
        (rows, raw)
    }

    async fn merge(&self, cuts: &[SegmentRow]) -> SegmentRow {
        let id = SegmentId::new(UnixMs(99));
        let readers: Vec<_> =
            cuts.iter().map(|row| ExtentReader::of(self.store.reader(), row, &self.key).unwrap()).collect();
        let key = ExtentKey::generate(self.tenant, id, &mut rand::rng());
        let object = self.store.begin(&Path::from("tenants/merged")).unwrap();
        let mut object = SealedObject::new(object, key.clone());
        let merged = segment::merge(id, Table::Spans, &readers, &mut object).await.unwrap().unwrap();
        let length = object.finish().await.unwrap();
        self.row(id, &key, "tenants/merged".to_owned(), length, merged.rows, merged.min_start_ns)
    }

    fn row(
        &self,
        id: SegmentId,
        key: &ExtentKey,
        path: String,
        length: u64,
        rows: u64,
        at_ns: i64,
    ) -> SegmentRow {
        SegmentRow {
            id,
            tenant: self.tenant,
            project: ProjectId::new(UnixMs(1)),
            table: Table::Spans,
            day: day_of_ns(at_ns),
            partition: 0,
            first_seq: 1,
            last_seq: 1,
            level: 0,
            path,
            offset: 0,
            length,
            sealed_key: self.key.wrap(self.tenant, id, key, &mut rand::rng()),
            rows,
            min_start_ns: at_ns,
            max_start_ns: at_ns,
        }
    }

    async fn report(&self, name: &str, rows: &[SegmentRow]) {
        let spans: u64 = rows.iter().map(|row| row.rows).sum();
        let mut parts: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows {
            let extent =
                ExtentReader::of(self.store.reader(), row, &self.key).unwrap().whole().await.unwrap();
            let length = extent.len() as u64;
            let directory = Directory::read(&extent, length).unwrap();
            let mut add = |name: &str, bytes: u64| *parts.entry(name.to_owned()).or_default() += bytes;
            add("(seals)", row.length - length);
            for section in Section::ALL.into_iter().filter(|section| *section != Section::Parquet) {
                add(
                    &format!("({section:?})"),
                    directory.range(section).map_or(0, |range| range.end - range.start),
                );
            }
            let parquet = directory.range(Section::Parquet).unwrap();
            let parquet = extent.slice(0..usize::try_from(parquet.end).unwrap());
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&parquet).unwrap();
            let mut columns = 0;
            for column in metadata.row_groups().iter().flat_map(|group| group.columns()) {
                let bytes = u64::try_from(column.compressed_size()).unwrap();
                add(&column.column_path().string(), bytes);
                columns += bytes;
            }
            add("(footer and page index)", parquet.len() as u64 - columns);
        }
        let mut parts: Vec<_> = parts.into_iter().filter(|part| part.1 * 200 > spans).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.1));
        let bytes: u64 = rows.iter().map(|row| row.length).sum();
        println!("\n{name}: {:.2} B/span, {} segments", bytes as f64 / spans as f64, rows.len());
        for (part, bytes) in parts {
            println!("  {:>6.2}  {part}", bytes as f64 / spans as f64);
        }
        let _ = &self.dir;
    }
}
