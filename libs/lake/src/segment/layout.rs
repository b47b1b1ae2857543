//! What lies in an extent: a Parquet file, sidecars behind it, and at the end a directory that says where each is.
//!
//! ```text
//! Parquet │ section │ … │ directory │ length of the directory: u32 │ version: u16 │ "NSEG"
//! ```
//! The directory has one entry per section: kind u8, offset u64, length u64. Numbers are little endian. The Parquet file
//! is a section, too. Readers pass over kinds they don't know, and stop at versions they don't know.

use std::ops::Range;

use bytes::{Buf, BufMut, Bytes};

use super::Damage;

/// How a segment's rows are laid out. Every version ever shipped is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Attributes as they were sent, in one column.
    Sent = 1,
    /// Attributes in columns: [`super::attributes`].
    Columns = 2,
    /// And parents as places: [`super::parents`].
    Parents = 3,
}

const VERSIONS: [Version; 3] = [Version::Sent, Version::Columns, Version::Parents];
const MAGIC: &[u8; 4] = b"NSEG";
const TRAILER_BYTES: usize = 4 + 2 + 4;
const ENTRY_BYTES: usize = 1 + 8 + 8;
/// More sections than this are no directory of ours.
const SECTIONS_MAX: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Parquet,
    /// Which traces may be here: [`super::traces::TraceFilter`].
    TraceFilter,
    /// The traces' ids: [`super::traces::TraceTable`].
    TraceTable,
    /// Which attributes may be in which row group: [`super::pairs::PairFilter`].
    PairFilter,
}

impl Section {
    pub const ALL: [Self; 4] = [Self::Parquet, Self::TraceFilter, Self::TraceTable, Self::PairFilter];

    const fn code(self) -> u8 {
        match self {
            Self::Parquet => 0,
            Self::TraceFilter => 1,
            Self::TraceTable => 2,
            Self::PairFilter => 3,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Where the sections of one extent are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    section: Section,
    offset: u64,
    length: u64,
}

impl Directory {
    /// How many bytes of an extent's end hold the directory, for any extent of ours.
    pub const BYTES_MAX: u64 = (SECTIONS_MAX * ENTRY_BYTES + TRAILER_BYTES) as u64;

    /// Reads the directory out of the last bytes of an extent of `length` bytes.
    pub fn read(end: &[u8], length: u64) -> Result<Self, Damage> {
        let (before, trailer) = end.split_last_chunk::<TRAILER_BYTES>().ok_or(Damage::Truncated)?;
        let mut trailer = trailer.as_slice();
        let bytes = trailer.get_u32_le() as usize;
        let version = trailer.get_u16_le();
        if trailer != MAGIC {
            return Err(Damage::NoSegment);
        }
        if !VERSIONS.iter().any(|known| *known as u16 == version) {
            return Err(Damage::UnknownVersion(version));
        }
        if !bytes.is_multiple_of(ENTRY_BYTES) || bytes > before.len() || bytes > SECTIONS_MAX * ENTRY_BYTES {
            return Err(Damage::Directory);
        }
        let data_end = length.checked_sub((bytes + TRAILER_BYTES) as u64).ok_or(Damage::Truncated)?;
        let mut entries = Vec::new();
        for mut entry in before[before.len() - bytes..].chunks_exact(ENTRY_BYTES) {
            let kind = entry.get_u8();
            let (offset, length) = (entry.get_u64_le(), entry.get_u64_le());
            if offset.checked_add(length).is_none_or(|end| end > data_end) {
                return Err(Damage::Directory);
            }
            if let Some(section) = Section::from_code(kind) {
                entries.push(Entry { section, offset, length });
            }
        }
        Ok(Self { entries })
    }

    /// Where a section lies, counted from the start of the extent; `None` when the extent has none of it.
    #[must_use]
    pub fn range(&self, section: Section) -> Option<Range<u64>> {
        let entry = self.entries.iter().find(|entry| entry.section == section)?;
        Some(entry.offset..entry.offset + entry.length)
    }
}

/// Notes what goes where while an extent is put together.
#[derive(Debug, Default)]
pub(super) struct Layout {
    entries: Vec<Entry>,
    length: u64,
}

impl Layout {
    /// The next `length` bytes of the extent are this section.
    pub(super) fn place(&mut self, section: Section, length: u64) {
        self.entries.push(Entry { section, offset: self.length, length });
        self.length += length;
    }

    /// What the extent ends with.
    pub(super) fn directory(self, version: Version) -> Bytes {
        let mut end = Vec::with_capacity(self.entries.len() * ENTRY_BYTES + TRAILER_BYTES);
        for entry in &self.entries {
            end.put_u8(entry.section.code());
            end.put_u64_le(entry.offset);
            end.put_u64_le(entry.length);
        }
        let bytes = u32::try_from(end.len()).expect("a directory has a few entries");
        end.put_u32_le(bytes);
        end.put_u16_le(version as u16);
        end.put_slice(MAGIC);
        end.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent() -> Vec<u8> {
        let mut layout = Layout::default();
        layout.place(Section::Parquet, 14);
        layout.place(Section::TraceTable, 3);
        [b"PAR1 rows PAR1ids", layout.directory(Version::Sent).as_ref()].concat()
    }

    #[test]
    fn sections_are_found_where_they_were_put() {
        let extent = extent();
        let directory = Directory::read(&extent[3..], extent.len() as u64).unwrap();
        assert_eq!(directory.range(Section::Parquet), Some(0..14));
        assert_eq!(directory.range(Section::TraceTable), Some(14..17));
        assert_eq!(directory.range(Section::TraceFilter), None);
    }

    #[test]
    fn damage_is_named() {
        let whole = extent();
        let read = |bytes: &[u8]| Directory::read(bytes, bytes.len() as u64);
        assert_eq!(read(&whole[..5]), Err(Damage::Truncated));
        assert_eq!(read(&whole[..whole.len() - 1]), Err(Damage::NoSegment));
        assert_eq!(read(&whole[whole.len() - 12..]), Err(Damage::Directory));
        // Sections beyond the extent.
        assert_eq!(Directory::read(&whole[3..], 50), Err(Damage::Directory));
        let mut later = whole;
        let version = later.len() - 6;
        later[version] = 9;
        assert_eq!(read(&later), Err(Damage::UnknownVersion(9)));
    }
}
