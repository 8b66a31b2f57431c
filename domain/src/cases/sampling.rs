//! Samples of closed cases (抽查): drawn at random, in a way that anybody can repeat, and checked one by one. Pure.
//!
//! A case's number, less its district, is a number x: the year since 2000 and the serial. A sample's seed is four numbers
//! a, b, c and d below the prime p = 2,147,483,579; the cases are ordered by (a·x³ + b·x² + c·x + d) mod p, and the first
//! of them are the sample. Random polynomials of the third degree over the numbers below a prime are four-wise
//! independent (Wegman and Carter, 1981): every case is as likely to be drawn as every other, and so is every four of
//! them. Both databases compute it in the integers they have: no product exceeds 2⁶².

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::id::{AccountId, CaseId, CaseSampleId, CaseSampleItemId, CategoryId, Timestamp, UnitId};
use crate::kernel::place::Place;

/// Most cases of a sample: what a few people check in some days.
pub const MOST_SAMPLED: u32 = 500;
/// Most characters of a sample's name.
pub(super) const SAMPLE_NAME_LIMIT: usize = 60;
/// The prime below which ranks lie.
pub(super) const PRIME: i64 = 2_147_483_579;
/// Serials of one year: numbers of different years never meet.
pub(super) const SERIALS: i64 = 10_000_000;
/// The year from which years are counted.
pub(super) const FIRST_YEAR: i64 = 2_000;

/// How many cases are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleSize {
    /// So many, or all there are.
    Cases(u32),
    /// So many of a hundred, at least one.
    Percent(u32),
}

impl SampleSize {
    /// How many are drawn of so many; none when it is no size, or more than a sample can have.
    pub(super) fn of(self, population: u64) -> Option<u32> {
        let wanted = match self {
            Self::Cases(cases) => u64::from(cases),
            Self::Percent(percent @ 1..=100) => (population * u64::from(percent)).div_ceil(100),
            Self::Percent(_) => return None,
        };
        let fits = |wanted: &u32| (1..=MOST_SAMPLED).contains(wanted);
        let wanted = u32::try_from(wanted).ok().filter(fits)?;
        Some(u32::try_from(population).map_or(wanted, |all| wanted.min(all)))
    }
}

/// Draw a sample.
#[derive(Clone, Debug)]
pub struct DrawSample {
    /// What it is called.
    pub name: String,
    /// The unit whose cases are drawn from; none for the widest one where the caller may draw.
    pub unit: Option<UnitId>,
    /// The category, with all below it.
    pub category: Option<CategoryId>,
    /// Key of the programme.
    pub programme: Option<String>,
    /// The first day of closing.
    pub closed_from: Option<NaiveDate>,
    /// The last day of closing.
    pub closed_until: Option<NaiveDate>,
    /// How many.
    pub size: SampleSize,
}

/// Say what a case of a sample was found to be.
#[derive(Clone, Debug)]
pub struct CheckSampled {
    /// The sample.
    pub sample: CaseSampleId,
    /// The case.
    pub case: CaseId,
    /// The finding.
    pub finding: SampleFinding,
    /// What was found.
    pub note: Option<String>,
}

/// What a case of a sample was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SampleFinding {
    /// It was settled as it should be (通过).
    Passed,
    /// It was not (不通过).
    Failed,
}

/// The four numbers by which a sample is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleSeed([i64; 4]);

impl SampleSeed {
    /// The seed that random numbers make.
    pub(super) fn of(random: [u32; 4]) -> Self {
        let mut numbers = random.map(|number| i64::from(number) % PRIME);
        // Without its first term it would be of a lower degree.
        numbers[0] = numbers[0].max(1);
        Self(numbers)
    }

    /// a, b, c and d.
    pub(super) const fn numbers(self) -> [i64; 4] {
        self.0
    }

    /// The rank of a case number, as `150302-2026-000123`; none of what is no number of a case.
    #[must_use]
    pub fn rank(self, number: &str) -> Option<i64> {
        let mut parts = number.split('-').skip(1).map(str::parse::<i64>);
        let (year, serial) = (parts.next()?.ok()?, parts.next()?.ok()?);
        let x = ((year - FIRST_YEAR) * SERIALS + serial) % PRIME;
        self.0.into_iter().reduce(|sum, next| (sum * x + next) % PRIME)
    }
}

impl fmt::Display for SampleSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cubic, square, linear, constant] = self.0;
        write!(f, "{cubic}.{square}.{linear}.{constant}")
    }
}

/// The text is no seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSeed;

impl FromStr for SampleSeed {
    type Err = BadSeed;

    fn from_str(text: &str) -> Result<Self, BadSeed> {
        let numbers: Result<Vec<i64>, _> = text.split('.').map(str::parse::<i64>).collect();
        let numbers = numbers.map_err(|_| BadSeed)?;
        let fits = numbers.iter().all(|number| (0..PRIME).contains(number));
        numbers.try_into().ok().filter(|_| fits).map(Self).ok_or(BadSeed)
    }
}

/// A sample of closed cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSample {
    /// Id.
    pub id: CaseSampleId,
    /// What it is called.
    pub name: String,
    /// The unit whose cases it was drawn from.
    pub unit: UnitId,
    /// Where that is.
    pub place: Place,
    /// The category it was drawn from, with all below it; none for every one.
    pub category: Option<CategoryId>,
    /// Key of the programme it was drawn from; none for every one.
    pub programme: Option<String>,
    /// The first day of closing; none for no first one.
    pub closed_from: Option<NaiveDate>,
    /// The last day of closing; none for no last one.
    pub closed_until: Option<NaiveDate>,
    /// How many cases it was drawn from.
    pub population: u64,
    /// How many cases it has.
    pub size: u32,
    /// By which it was drawn.
    pub seed: SampleSeed,
    /// How many of its cases were checked.
    pub checked: u32,
    /// How many of them passed.
    pub passed: u32,
    /// When it was drawn.
    pub drawn_at: Timestamp,
    /// Who drew it; absent for the system itself.
    pub drawn_by: Option<AccountId>,
}

/// A case of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledCase {
    /// Id.
    pub id: CaseSampleItemId,
    /// The sample.
    pub sample: CaseSampleId,
    /// The case.
    pub case: CaseId,
    /// Its place in the order in which cases were drawn, from 1.
    pub position: i64,
    /// What it was found to be; none until it is checked.
    pub finding: Option<SampleFinding>,
    /// What was found.
    pub note: Option<String>,
    /// Who checked it.
    pub checked_by: Option<AccountId>,
    /// When it was checked.
    pub checked_at: Option<Timestamp>,
}

/// How many were checked and how many of them passed, after one more finding.
pub(super) fn tally(sample: &CaseSample, finding: SampleFinding) -> (u32, u32) {
    (sample.checked + 1, sample.passed + u32::from(finding == SampleFinding::Passed))
}

#[cfg(test)]
#[path = "sampling_tests.rs"]
mod tests;
