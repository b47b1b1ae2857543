//! What is kept, for how long, and for whom.

use std::process::Command;

use super::*;

fn block(tenant: u64, number: u64) -> BlockId {
    BlockId { tenant: tenant_of(tenant), segment: segment_of(tenant), number }
}

fn tenant_of(number: u64) -> TenantId {
    TenantId::from_hex(&format!("{number:032x}")).unwrap()
}

fn segment_of(number: u64) -> SegmentId {
    SegmentId::from_hex(&format!("{number:032x}")).unwrap()
}

fn keep(cache: &DiskCache, id: BlockId, bytes: usize) {
    cache.write(&[(id, Bytes::from(vec![id.number as u8; bytes]))]);
}

fn has(cache: &DiskCache, id: BlockId, bytes: u64) -> bool {
    cache.read(&[(id, bytes, 0..bytes)])[0].is_some()
}

fn files(dir: &Path) -> u64 {
    fs::read_dir(dir)
        .unwrap()
        .flat_map(|entry| fs::read_dir(entry.unwrap().path()).unwrap())
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

#[test]
fn what_was_not_used_for_longest_goes_first_and_the_bound_holds() {
    let dir = tempfile::tempdir().unwrap();
    let cache = DiskCache::open(dir.path(), 300).unwrap();
    (0..3).for_each(|number| keep(&cache, block(1, number), 100));
    assert!(has(&cache, block(1, 0), 100));

    keep(&cache, block(1, 3), 150);

    let kept: Vec<bool> =
        (0..4).map(|number| has(&cache, block(1, number), [100, 100, 100, 150][number as usize])).collect();
    assert_eq!(kept, [true, false, false, true]);
    assert_eq!((cache.bytes(), files(dir.path())), (250, 250));
    keep(&cache, block(1, 4), 301);
    assert_eq!((cache.bytes(), files(dir.path())), (0, 0), "larger than all there may be");
}

#[test]
fn a_restart_keeps_blocks_and_the_order_of_their_use() {
    let dir = tempfile::tempdir().unwrap();
    let cache = DiskCache::open(dir.path(), 1_000).unwrap();
    (0..3).for_each(|number| keep(&cache, block(1, number), 100));
    for (number, age_s) in [(0, 10), (1, 30), (2, 20)] {
        let file = File::options().write(true).open(cache.file(&block(1, number))).unwrap();
        file.set_modified(SystemTime::now() - std::time::Duration::from_secs(age_s)).unwrap();
    }
    fs::write(dir.path().join("7.draft"), "half").unwrap();
    drop(cache);

    let cache = DiskCache::open(dir.path(), 300).unwrap();
    assert_eq!(cache.bytes(), 300);
    assert!(!dir.path().join("7.draft").exists());
    keep(&cache, block(1, 3), 100);
    let kept: Vec<bool> = (0..4).map(|number| has(&cache, block(1, number), 100)).collect();
    assert_eq!(kept, [true, false, true, true]);

    let smaller = DiskCache::open(dir.path(), 150).unwrap();
    assert_eq!((smaller.bytes(), files(dir.path())), (100, 100));
}

#[test]
fn a_block_that_is_cut_or_gone_is_not_here_and_others_are_of_their_tenants() {
    let dir = tempfile::tempdir().unwrap();
    let cache = DiskCache::open(dir.path(), 1_000).unwrap();
    (0..3).for_each(|number| keep(&cache, block(1, number), 100));
    File::options().write(true).open(cache.file(&block(1, 0))).unwrap().set_len(50).unwrap();
    fs::remove_file(cache.file(&block(1, 1))).unwrap();

    assert_eq!(cache.read(&[(block(1, 0), 100, 0..10), (block(1, 1), 100, 0..10)]), [None, None]);
    assert_eq!(cache.bytes(), 100, "they are not counted any more");
    let some = cache
        .read(&[(block(1, 2), 100, 40..44), (BlockId { tenant: tenant_of(2), ..block(1, 2) }, 100, 40..44)]);
    assert_eq!(some, [Some(Bytes::from_static(&[2, 2, 2, 2])), None]);
}

/// Files beside the tenants' directories.
fn drafts(dir: &Path) -> usize {
    fs::read_dir(dir).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).count()
}

#[test]
fn a_block_that_cannot_be_put_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let cache = DiskCache::open(dir.path(), 1_000).unwrap();
    fs::create_dir_all(cache.file(&block(1, 0))).unwrap();

    keep(&cache, block(1, 0), 100);

    assert_eq!((cache.bytes(), drafts(dir.path())), (0, 0));
}

/// A disk of one megabyte; gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// At `dir`. `None` when the kernel lets this user mount nothing, which it says.
    fn mount(dir: &Path) -> Option<Self> {
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(dir).output().unwrap();
        if !mount.status.success() {
            eprintln!("no disk to fill: {}", String::from_utf8_lossy(&mount.stderr));
            return None;
        }
        Some(Self(dir.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn on_a_full_disk_the_oldest_blocks_go_for_new_ones() {
    let dir = tempfile::tempdir().unwrap();
    let Some(_disk) = SmallDisk::mount(dir.path()) else { return };
    let cache = DiskCache::open(dir.path(), 10_000_000).unwrap();

    (0..5).for_each(|number| keep(&cache, block(1, number), 300_000));

    let kept: Vec<bool> = (0..5).map(|number| has(&cache, block(1, number), 300_000)).collect();
    assert_eq!(kept, [false, false, true, true, true]);
    assert_eq!((cache.bytes(), files(dir.path()), drafts(dir.path())), (900_000, 900_000, 0));
    keep(&cache, block(1, 5), 2_000_000);
    assert_eq!((cache.bytes(), drafts(dir.path())), (0, 0), "larger than the disk");
}
