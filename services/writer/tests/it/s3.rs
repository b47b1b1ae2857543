//! A lake in a bucket: all that holds on a disk holds there, over a network that fails.

use std::{
    io::Write,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use naru_ids::UnixMs;
use naru_lake::{Error, catalog::garbage, segment, store, store::Store};
use naru_signal::Table;
use naru_testkit::{Gate, S3, wait_until};
use naru_writer::{Config, operate::Export};
use object_store::{
    ObjectStoreExt, aws::AmazonS3, aws::AmazonS3Builder, multipart::MultipartStore, path::Path,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    compact::cuts,
    garbage::age_of_marks,
    operate::{erasure, operator},
    rollups::assert_is_recomputed,
    support::{PATIENCE, Refusing, World, each_once, pool},
};

/// Through the gate instead of straight to the server.
fn through(gate: &Gate, config: Config) -> Config {
    Config { lake_s3_endpoint: Some(format!("http://{}", gate.addr())), ..config }
}

async fn names(store: &Store) -> Vec<String> {
    let mut names = Vec::new();
    for prefix in ["cuts", "tenants"] {
        names.extend(store.list(prefix).await.unwrap().into_iter().map(|object| object.location.to_string()));
    }
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_into_a_bucket_is_read_merged_erased_exported_and_collected() {
    let world = World::on_s3().await;
    let store = Store::open(&world.config().lake()).unwrap();
    let last = cuts(&world, &[3, 4]).await;
    assert_eq!(world.stored(last).await, each_once(7));
    let bundles = names(&store).await;
    assert!(bundles.len() == 2 && bundles.iter().all(|name| name.starts_with("cuts/")), "{bundles:?}");

    let merging = world.start(Config { compact_after_ms: 50, ..world.config() }).await;
    wait_until("the cuts are merged", PATIENCE, || async {
        world.rollups_of(&[Table::RollupDeltas]).await.is_empty()
            && world.segments().await.iter().all(|row| row.level > 0)
    })
    .await;
    merging.stop().await;
    assert_eq!(world.stored(last).await, each_once(7));
    assert_is_recomputed(&world).await;

    let erased = operator(&world).await.erase(&erasure(&world, "user-1")).await.unwrap();
    assert_eq!(erased[&Table::Spans].rows, 3, "1, 4 and 7");
    let out = world.dir.path().join("export");
    let export = Export { tenant: world.tenant, project: None, from_ns: i64::MIN, to_ns: i64::MAX, out };
    assert_eq!(operator(&world).await.export(&export).await.unwrap().rows, 4);

    // The bundles and what was erased have no row any more.
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let before = names(&store).await;
    let unnamed = garbage::find(&jobs, &before).await.unwrap();
    assert!(unnamed >= 3 && unnamed < before.len() as u64, "{unnamed} of {before:?}");
    age_of_marks(&world, 25).await;
    let collecting = world.start(world.config()).await;
    wait_until("they are collected", PATIENCE, || async {
        (names(&store).await.len() as u64) == before.len() as u64 - unnamed
    })
    .await;
    collecting.stop().await;
    let mut left = each_once(7);
    left.retain(|id, _| id % 3 != 1);
    assert_eq!(world.stored(last).await, left);
    assert!(std::fs::read_dir(world.dir.path().join("staging")).unwrap().next().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_refused_whatever_the_size() {
    let world = World::on_s3().await;
    let store = Store::open(&world.config().lake()).unwrap();
    store.check().await.unwrap();
    // Of one request, and of three parts.
    for (name, bytes) in [("cuts/small", 5_usize), ("tenants/large", 17 << 20)] {
        let path = Path::from(name);
        let content: Vec<u8> = (0..bytes).map(|at| (at % 251) as u8).collect();
        let mut first = store.begin(&path).unwrap();
        first.write_all(&content).unwrap();
        assert_eq!(first.finish().await.unwrap(), bytes as u64);

        let mut second = store.begin(&path).unwrap();
        second.write_all(&vec![7; bytes]).unwrap();
        let refused = second.finish().await.unwrap_err();
        assert!(matches!(refused, Error::Put { .. }), "{refused:?}");
        assert!(store.create(&path, vec![Bytes::from_static(b"x")]).await.is_err());

        assert_eq!(store.reader().get(&path).await.unwrap().bytes().await.unwrap(), content, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_nobody_completes_are_swept_and_others_are_left_alone() {
    let world = World::on_s3().await;
    let store = Store::open(&world.config().lake()).unwrap();
    let s3 = direct(world.s3.as_ref().unwrap());
    let lost = Path::from("eu/lake/tenants/lost");
    let others =
        ["elsewhere/tenants/a", "eu/lake/tenants-of-others/a", "eu/lake-of-others/tenants/a"].map(Path::from);
    let mut ids = vec![s3.create_multipart(&lost).await.unwrap()];
    for other in &others {
        ids.push(s3.create_multipart(other).await.unwrap());
    }
    s3.put_part(&lost, &ids[0], 0, Bytes::from_static(b"half").into()).await.unwrap();

    let now = u64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis());
    let now = now.unwrap();
    store.sweep_staged("tenants", UnixMs(now - 3_600_000)).await.unwrap();
    // Somebody may still be writing it.
    s3.put_part(&lost, &ids[0], 1, Bytes::from_static(b"more").into()).await.unwrap();

    store.sweep_staged("tenants", UnixMs(now + 3_600_000)).await.unwrap();
    assert!(s3.put_part(&lost, &ids[0], 2, Bytes::from_static(b"late").into()).await.is_err());
    for (other, id) in others.iter().zip(&ids[1..]) {
        s3.put_part(other, id, 0, Bytes::from_static(b"mine").into()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bucket_is_away_rows_stay_in_the_tail_and_are_stored_later() {
    let world = World::on_s3().await;
    let gate = Gate::to(world.s3.as_ref().unwrap().addr()).await;
    let writer = world.start(Config { cut_interval_ms: 50, ..through(&gate, world.config()) }).await;
    gate.shut();
    let seq = world.append_spans(5).await;
    world.see(&writer, seq).await;
    assert_eq!(world.tail(&writer).await.unwrap().state.committed_seq, 0);

    gate.open().await;

    wait_until("the cut is committed", PATIENCE, || async {
        world.tail(&writer).await.is_some_and(|tail| tail.state.committed_seq == seq)
    })
    .await;
    assert_eq!(world.stored(seq).await, each_once(5));
    writer.stop().await;
    assert_eq!(world.billed().await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_or_an_object_that_is_cut_short_is_an_error_and_never_rows() {
    let world = World::on_s3().await;
    let s3 = world.s3.as_ref().unwrap();
    cuts(&world, &[50]).await;
    let (segments, key) = (world.segments().await, world.key().await.unwrap());
    let gate = Gate::to(s3.addr()).await;
    let read = || async {
        let objects = store::open_read(&through(&gate, world.config()).lake()).unwrap();
        segment::read_all(objects, &segments[0], &key).await
    };
    assert_eq!(read().await.unwrap().iter().map(|batch| batch.num_rows()).sum::<usize>(), 50);

    gate.cut_after(1_500);
    let cut = read().await.unwrap_err();
    assert!(matches!(cut, Error::Read { .. } | Error::Decode { .. }), "{cut:?}");
    gate.heal();
    assert!(read().await.is_ok());

    let file = s3.file(&format!("eu/lake/{}", segments[0].path));
    let whole = std::fs::read(&file).unwrap();
    std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(whole.len() as u64 / 2).unwrap();
    assert!(read().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_collected_also_where_unfinished_uploads_are_not_told() {
    let world = World::on_s3().await;
    let store = Store::open(&world.config().lake()).unwrap();
    let jobs = pool(&world.postgres.url_for("naru_writer")).await;
    let refusing = Refusing::in_front_of(world.s3.as_ref().unwrap().addr()).await;
    // Not allowed, and of a server whose answer is no list.
    let rules: [fn(&str) -> Option<&'static str>; 2] = [
        |line| line.contains("uploads=").then_some("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
        |line| line.contains("uploads=").then_some("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<What"),
    ];
    for (number, rule) in rules.into_iter().enumerate() {
        refusing.refuse(rule);
        let path = Path::from(format!("cuts/2026-11-01/00/{number}.bundle"));
        store.create(&path, vec![Bytes::from_static(b"x")]).await.unwrap();
        garbage::find(&jobs, &[path.to_string()]).await.unwrap();
        age_of_marks(&world, 25).await;

        let config = Config { lake_s3_endpoint: Some(refusing.endpoint()), ..world.config() };
        let writer = world.start(config).await;

        wait_until("the object is gone", PATIENCE, || async {
            !names(&store).await.contains(&path.to_string())
        })
        .await;
        writer.stop().await;
    }
    assert!(refusing.refused().len() >= 6, "each prefix, twice: {:?}", refusing.refused());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takeover_asks_a_bucket_that_is_away_for_a_few_segments_and_goes_on() {
    const CUTS: u64 = 24;
    let world = World::on_s3().await;
    let writer = world.start(Config { cut_interval_ms: 1, ..world.config() }).await;
    for _ in 0..CUTS {
        let seq = world.append_spans(1).await;
        wait_until("it is stored", PATIENCE, || async { world.committed_seq().await == seq }).await;
    }
    writer.stop().await;
    assert_eq!(world.segments().await.len() as u64, CUTS);
    let refusing = Refusing::in_front_of(world.s3.as_ref().unwrap().addr()).await;
    refusing.refuse(|line| {
        let is_read = line.starts_with("GET ") && line.contains(".bundle");
        is_read.then_some("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
    });

    let config = Config { lake_s3_endpoint: Some(refusing.endpoint()), ..world.config() };
    let writer = world.start(config).await;

    let asked: std::collections::BTreeSet<String> = refusing.refused().into_iter().collect();
    assert!((1..=16).contains(&asked.len()), "{asked:?}");
    let seq = world.append_spans(1).await;
    world.see(&writer, seq).await;
    writer.stop().await;
    assert_eq!(world.stored(seq).await, each_once(CUTS + 1));
}

/// Answers 200 to everything, as a server does that has never heard of conditions.
async fn careless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut request = vec![0; 8_192];
            let read = client.read(&mut request).await.unwrap_or(0);
            let is_delete = request[..read].starts_with(b"POST");
            let body =
                if is_delete { "<DeleteResult><Deleted><Key>any</Key></Deleted></DeleteResult>" } else { "" };
            let answer = format!(
                "HTTP/1.1 200 OK\r\netag: \"x\"\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = client.write_all(answer.as_bytes()).await;
            // What the client still sends is read, so that it sees the answer and no reset.
            let _ = tokio::time::timeout(Duration::from_secs(1), client.read(&mut request)).await;
        }
    });
    format!("http://{addr}")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_on_a_server_that_gives_a_name_twice() {
    let world = World::on_s3().await;
    let careless = Config { lake_s3_endpoint: Some(careless().await), ..world.config() };
    let problem = Store::open(&careless.lake()).unwrap().check().await.unwrap_err();
    assert!(matches!(problem, Error::Overwrites { .. }), "{problem:?}");

    let stranger = world.dir.path().join("stranger");
    std::fs::write(&stranger, "[default]\naws_access_key_id = naru\naws_secret_access_key = wrong\n")
        .unwrap();
    let config = Config { lake_s3_credentials_file: Some(stranger), ..world.config() };
    let problem = Store::open(&config.lake()).unwrap().check().await.unwrap_err();
    assert!(problem.to_string().starts_with("storing the object cuts/probe-"), "{problem}");
}

fn direct(s3: &S3) -> AmazonS3 {
    let text = std::fs::read_to_string(s3.credentials_file()).unwrap();
    let value = |key: &str| {
        let line = text.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_once(" = ").unwrap().1.to_owned()
    };
    AmazonS3Builder::new()
        .with_bucket_name(s3.bucket())
        .with_endpoint(s3.endpoint())
        .with_allow_http(true)
        .with_access_key_id(value("aws_access_key_id"))
        .with_secret_access_key(value("aws_secret_access_key"))
        .build()
        .unwrap()
}
