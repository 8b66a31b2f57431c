//! S14: personal data leaves masked; only a reveal, with its purpose and audit, answers the clear value.

use super::violation;
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Sdl, Type};

/// Fields that are always of a person.
const OF_A_PERSON: [&str; 10] = [
    "address",
    "bankAccount",
    "bornOn",
    "idCard",
    "idNumber",
    "identityNumber",
    "mobile",
    "phone",
    "telephone",
    "wechat",
];

/// S14: such fields, and the name beside one, are `MaskedText`.
pub fn data_is_masked(sdl: &Sdl) -> Vec<Violation> {
    let answering = |ty: &&Type| ty.kind == Kind::Object && !ty.name.ends_with("RevealPayload");
    let mut found = vec![];
    for ty in sdl.of(Kind::Object).filter(answering) {
        let is_a_person = ty.members.iter().any(|field| OF_A_PERSON.contains(&field.name.as_str()));
        for field in &ty.members {
            let is_personal =
                OF_A_PERSON.contains(&field.name.as_str()) || (is_a_person && field.name == "name");
            if is_personal && field.base() != "MaskedText" {
                found.push(violation("S14", format!("{}.{}", ty.name, field.name), "must be MaskedText"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    #[test]
    fn masked_texts_reveals_and_places_pass() {
        let good = "type Account { name: MaskedText! phone: MaskedText }
            type AccountRevealPayload { name: String phone: String }
            type Grid { name: String! }";
        assert_eq!(found(data_is_masked, good), [""; 0]);
    }

    #[test]
    fn clear_personal_data_is_found() {
        let bad = "type Reporter { idCard: String name: String phone: MaskedText }";
        assert_eq!(
            found(data_is_masked, bad),
            ["S14 Reporter.idCard: must be MaskedText", "S14 Reporter.name: must be MaskedText"]
        );
    }
}
