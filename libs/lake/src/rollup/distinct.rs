//! How many different ones: HyperLogLog with 4,096 registers over 64-bit hashes that the caller makes.
//!
//! Unions are exact, in any order, and never forget: adding the same person again changes nothing. The standard error is
//! 1.04 / √4096 = 1.6 %; small numbers are all but exact. Nothing that was hashed can be read back.
//!
//! While few registers are taken they are a sorted list (4 bytes each), then one byte per register.

mod bytes;
mod estimate;
#[cfg(test)]
mod tests;

/// log2 of the number of registers.
const PRECISION: u32 = 12;
const REGISTERS: usize = 1 << PRECISION;
/// The highest rank: 52 bits are left after the register's number, all of them zero.
const RANK_MAX: u8 = 64 - PRECISION as u8 + 1;
/// More taken registers than these are held as an array. A list of them is half as large as the array.
const LISTED_MAX: usize = 512;

/// A set of which only the size can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinct {
    registers: Registers,
}

/// Which of the two it is follows from the number of taken registers alone: equal sets are equal field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Registers {
    /// Register number and rank of each taken one, ascending; [`LISTED_MAX`] at most.
    Listed(Vec<(u16, u8)>),
    /// The rank per register; 0 = not taken.
    Array(Box<[u8; REGISTERS]>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::new()
    }
}

impl Distinct {
    #[must_use]
    pub const fn new() -> Self {
        Self { registers: Registers::Listed(Vec::new()) }
    }

    /// Adds what this is the hash of. All 64 bits must be evenly spread: xxh3 or better, with the tenant's salt.
    #[inline]
    pub fn add(&mut self, hash: u64) {
        let register = (hash >> (64 - PRECISION)) as u16;
        // The lowest bit of the number's room stops the count at RANK_MAX.
        let rest = hash << PRECISION | 1 << (PRECISION - 1);
        self.raise(register, rest.leading_zeros() as u8 + 1);
    }

    #[inline]
    fn raise(&mut self, register: u16, rank: u8) {
        match &mut self.registers {
            Registers::Array(ranks) => {
                let held = &mut ranks[usize::from(register) % REGISTERS];
                *held = rank.max(*held);
            }
            Registers::Listed(list) => match list.binary_search_by_key(&register, |(number, _)| *number) {
                Ok(at) => list[at].1 = rank.max(list[at].1),
                Err(_) if list.len() == LISTED_MAX => {
                    let mut ranks = spread(list);
                    ranks[usize::from(register) % REGISTERS] = rank;
                    self.registers = Registers::Array(ranks);
                }
                Err(at) => list.insert(at, (register, rank)),
            },
        }
    }

    /// The union with another set.
    pub fn merge(&mut self, other: &Self) {
        if let (Registers::Array(ranks), Registers::Array(others)) = (&mut self.registers, &other.registers) {
            ranks.iter_mut().zip(others.iter()).for_each(|(rank, other)| *rank = (*rank).max(*other));
            return;
        }
        if let (Registers::Listed(list), Registers::Array(others)) = (&self.registers, &other.registers) {
            let list = list.clone();
            self.registers = Registers::Array(others.clone());
            list.iter().for_each(|(register, rank)| self.raise(*register, *rank));
            return;
        }
        other.taken().for_each(|(register, rank)| self.raise(register, rank));
    }

    /// The taken registers with their ranks, ascending.
    fn taken(&self) -> impl Iterator<Item = (u16, u8)> + '_ {
        let (list, ranks): (&[(u16, u8)], &[u8]) = match &self.registers {
            Registers::Listed(list) => (list, &[]),
            Registers::Array(ranks) => (&[], &ranks[..]),
        };
        let of_array = ranks.iter().enumerate().filter(|(_, rank)| **rank > 0);
        list.iter().copied().chain(of_array.map(|(register, rank)| (register as u16, *rank)))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.taken().next().is_none()
    }

    /// How many different hashes were added, about. Round it for people.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        let mut registers_by_rank = [0_u16; RANK_MAX as usize + 1];
        let mut count = |rank: u8| registers_by_rank[usize::from(rank.min(RANK_MAX))] += 1;
        match &self.registers {
            Registers::Array(ranks) => ranks.iter().for_each(|rank| count(*rank)),
            Registers::Listed(list) => {
                list.iter().for_each(|(_, rank)| count(*rank));
                registers_by_rank[0] = (REGISTERS - list.len()) as u16;
            }
        }
        estimate::estimate(&registers_by_rank)
    }
}

fn spread(list: &[(u16, u8)]) -> Box<[u8; REGISTERS]> {
    let mut ranks = Box::new([0; REGISTERS]);
    for (register, rank) in list {
        ranks[usize::from(*register) % REGISTERS] = *rank;
    }
    ranks
}
