//! A set as bytes, for the columns of rollup tables.
//!
//! ```text
//! version  1
//! taken    varint, how many registers are taken
//! then, whichever is shorter (the list, if both are equally long):
//! list     per taken register a varint: (register − the one before − 1) << 6 | rank
//! array    4,096 ranks of 6 bits, lowest bits first: 3,072 bytes
//! ```
//!
//! Which of the two follows from the length of what is behind `taken`; a list is always shorter than the array.

use super::{Distinct, LISTED_MAX, RANK_MAX, REGISTERS, Registers};
use crate::rollup::{
    DecodeError,
    varint::{self, Reader},
};

const VERSION: u8 = 1;
const ARRAY_BYTES: usize = REGISTERS / 4 * 3;

impl Distinct {
    /// The bytes of this set: some 2 per different one while there are few, 3,075 at most.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let taken = self.taken().count();
        let mut list = Vec::new();
        // Each takes a byte at least: with more, the array is shorter.
        if taken < ARRAY_BYTES {
            let mut next = 0;
            for (register, rank) in self.taken() {
                varint::put(&mut list, u64::from(register - next) << 6 | u64::from(rank));
                next = register + 1;
            }
        }
        let mut out = vec![VERSION];
        varint::put(&mut out, taken as u64);
        match &self.registers {
            Registers::Array(ranks) if taken >= ARRAY_BYTES || list.len() >= ARRAY_BYTES => {
                for four in ranks.chunks_exact(4) {
                    let packed = four.iter().rev().fold(0_u32, |packed, rank| packed << 6 | u32::from(*rank));
                    out.extend_from_slice(&packed.to_le_bytes()[..3]);
                }
            }
            _ => out.append(&mut list),
        }
        out
    }

    /// Reads what [`Self::encode`] wrote; anything else is refused.
    ///
    /// Allocates as much as the set takes in memory: 4 KiB at most, and no more than four times the bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        match reader.byte()? {
            VERSION => {}
            version => return Err(DecodeError::Version(version)),
        }
        let taken = reader.u64()?;
        let taken = usize::try_from(taken).ok().filter(|taken| *taken <= REGISTERS);
        let taken = taken.ok_or(DecodeError::Inconsistent("more registers are taken than there are"))?;
        if reader.rest().len() == ARRAY_BYTES {
            from_array(reader.rest(), taken)
        } else {
            from_list(reader, taken)
        }
    }
}

fn from_list(mut reader: Reader<'_>, taken: usize) -> Result<Distinct, DecodeError> {
    // Each takes a byte at least, so nothing is allocated on a promise.
    if taken > reader.rest().len() {
        return Err(DecodeError::Truncated);
    }
    let mut list = Vec::with_capacity(taken);
    let mut next = 0_u64;
    for _ in 0..taken {
        let item = reader.u64()?;
        let register = next + (item >> 6);
        let number = u16::try_from(register).ok().filter(|number| usize::from(*number) < REGISTERS);
        let number = number.ok_or(DecodeError::Inconsistent("there is no such register"))?;
        list.push((number, rank_of(item & 63)?));
        next = register + 1;
    }
    if !reader.is_empty() {
        return Err(DecodeError::Inconsistent("more registers than were announced"));
    }
    let registers =
        if taken > LISTED_MAX { Registers::Array(super::spread(&list)) } else { Registers::Listed(list) };
    Ok(Distinct { registers })
}

fn from_array(bytes: &[u8], taken: usize) -> Result<Distinct, DecodeError> {
    let mut ranks = Box::new([0_u8; REGISTERS]);
    for (four, packed) in ranks.chunks_exact_mut(4).zip(bytes.chunks_exact(3)) {
        let packed = u32::from(packed[0]) | u32::from(packed[1]) << 8 | u32::from(packed[2]) << 16;
        for (at, rank) in four.iter_mut().enumerate() {
            let bits = u64::from(packed >> (6 * at) & 63);
            *rank = if bits == 0 { 0 } else { rank_of(bits)? };
        }
    }
    // So many are taken when the array is shorter that it is never a list in memory.
    if taken <= LISTED_MAX || ranks.iter().filter(|rank| **rank > 0).count() != taken {
        return Err(DecodeError::Inconsistent("other registers are taken than were announced"));
    }
    Ok(Distinct { registers: Registers::Array(ranks) })
}

fn rank_of(bits: u64) -> Result<u8, DecodeError> {
    let rank = u8::try_from(bits).ok().filter(|rank| (1..=RANK_MAX).contains(rank));
    rank.ok_or(DecodeError::Inconsistent("a rank is none of 1 to 53"))
}
