//! Numbers of citizens and codes of organisations that are almost ones (requirement S2): read whole, or refused, in no time. What is read
//! is checked once more by the rules of the standards, written down here in other words.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::citizen_id::CitizenId;
use fengqiao_domain::kernel::credit_code::CreditCode;

use super::edits::{corpus, edited};
use super::{cases, chance};

/// Nothing takes a reader so long.
const LONGEST: Duration = Duration::from_millis(100);
/// Readers need no server: so many times what other doors are given.
const TIMES: usize = 25;
/// What stands in the code of an organisation, each by its value.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// What a reader makes of a text: its characters, or nothing.
type Reader = fn(&str) -> Option<String>;

/// Shows a reader its seeds, which it reads, and what is almost one of them.
fn shown(seeds: &str, reader: Reader, is_one: fn(&str) -> Option<bool>) -> anyhow::Result<()> {
    let (seeds, mut chance) = (corpus(seeds)?, chance()?);
    for seed in &seeds {
        let text = String::from_utf8_lossy(seed);
        ensure!(reader(&text).is_some(), "{text:?} is one");
    }
    let (mut read, mut refused) = (0, 0);
    for _ in 0..cases()? * TIMES {
        let bytes = edited(&seeds, &mut chance);
        let text = String::from_utf8_lossy(&bytes);
        let begun = Instant::now();
        let Some(whole) = reader(&text) else {
            refused += 1;
            ensure!(begun.elapsed() < LONGEST, "{:?} for {text:?}", begun.elapsed());
            continue;
        };
        read += 1;
        ensure!(begun.elapsed() < LONGEST, "{:?} for {text:?}", begun.elapsed());
        ensure!(whole.len() == 18 && is_one(&whole) == Some(true), "{text:?} is read as {whole:?}");
        ensure!(reader(&whole).as_ref() == Some(&whole), "{whole:?} is read as something else");
    }
    ensure!(read > 0 && refused > read, "{read} read, {refused} refused");
    Ok(())
}

/// GB 11643: with each character twice the one behind it, all together leave 1 of 11; and the day is one.
fn is_citizens(number: &str) -> Option<bool> {
    let mut sum = 0;
    for character in number.chars() {
        let value = if character == 'X' { 10 } else { character.to_digit(10)? };
        sum = sum * 2 + value;
        sum %= 11;
    }
    let day = chrono::NaiveDate::parse_from_str(number.get(6..14)?, "%Y%m%d").ok()?;
    let id = CitizenId::parse(number).ok()?;
    Some(sum == 1 && id.born() == day && !format!("{id:?}").contains(number) && id.masked().len() == 18)
}

/// GB 32100: with each character three times the one before it, and the last one once, all together leave nothing of 31.
fn is_organisations(code: &str) -> Option<bool> {
    let values: Option<Vec<usize>> = code.chars().map(|character| ALPHABET.find(character)).collect();
    let values = values?;
    let (check, others) = values.split_last()?;
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: usize = others.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    Some((sum + check).is_multiple_of(31))
}

#[test]
fn a_citizens_number_that_is_almost_one_is_read_whole_or_refused() -> anyhow::Result<()> {
    let reader: Reader = |text| CitizenId::parse(text).ok().map(|id| id.characters().to_owned());
    shown("citizen_ids", reader, is_citizens)
}

#[test]
fn a_code_of_an_organisation_that_is_almost_one_is_read_whole_or_refused() -> anyhow::Result<()> {
    let reader: Reader = |text| CreditCode::parse(text).ok().map(|code| code.characters().to_owned());
    shown("credit_codes", reader, is_organisations)
}

#[test]
fn whoever_checks_them_finds_what_is_none() -> anyhow::Result<()> {
    ensure!(is_citizens("11010519491231002X").context("one")?);
    ensure!(
        is_citizens("110105194912310021") != Some(true) && is_citizens("11010519491331002X") != Some(true)
    );
    ensure!(is_organisations("91350100M000100Y43").context("one")?);
    ensure!(
        is_organisations("91350100M000100Y44") == Some(false)
            && is_organisations("91350100I000100Y43").is_none()
    );
    Ok(())
}
