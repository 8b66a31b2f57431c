//! S4: one shape of user errors, a typed code in each slice's. That a code's values are the domain's own is
//! held by the compiler: the enums convert into one another by exhaustive matches.

use super::violation;
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Sdl};

/// S4: `message` and `path` in the interface, `code` in each implementor, `currentVersion` with `CONFLICT`.
pub fn tell_message_path_and_code(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    let interface = sdl.get("UserError").filter(|ty| ty.kind == Kind::Interface);
    let shape: Vec<(&str, &str)> = interface
        .into_iter()
        .flat_map(|ty| ty.members.iter().map(|field| (field.name.as_str(), field.ty.as_str())))
        .collect();
    if shape != [("message", "String!"), ("path", "[String!]!")] {
        found.push(violation(
            "S4",
            "UserError",
            "must be an interface of message: String!, path: [String!]!",
        ));
    }
    for ty in sdl.of(Kind::Object) {
        if !ty.is_a("UserError") {
            if ty.name.ends_with("UserError") {
                found.push(violation("S4", &ty.name, "must implement UserError"));
            }
            continue;
        }
        let code = ty.member("code").filter(|code| code.ty == format!("{}!", code.base()));
        let codes = code.and_then(|code| sdl.get(code.base())).filter(|codes| codes.kind == Kind::Enum);
        match codes {
            Some(codes) if codes.name.ends_with("ErrorCode") => {
                let version = ty.member("currentVersion").map(|version| version.ty.as_str());
                if codes.member("CONFLICT").is_some() && version != Some("Int") {
                    found.push(violation("S4", &ty.name, "CONFLICT needs currentVersion: Int"));
                }
            }
            _ => found.push(violation("S4", &ty.name, "must hold code: <Noun>ErrorCode!, an enum")),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    #[test]
    fn a_typed_code_passes() {
        let good = "interface UserError { message: String! path: [String!]! }
            enum OrgErrorCode { CONFLICT NOT_FOUND }
            type OrgUserError implements UserError { code: OrgErrorCode! currentVersion: Int }";
        assert_eq!(found(tell_message_path_and_code, good), [""; 0]);
    }

    #[test]
    fn an_untyped_code_and_a_missing_version_are_found() {
        let bad = "interface UserError { message: String path: [String!]! }
            enum OrgErrorCode { CONFLICT }
            type CaseUserError implements UserError { code: String! }
            type FileUserError { code: OrgErrorCode! }
            type GridUserError implements UserError { code: OrgErrorCode }
            type OrgUserError implements UserError { code: OrgErrorCode! }";
        assert_eq!(
            found(tell_message_path_and_code, bad),
            [
                "S4 UserError: must be an interface of message: String!, path: [String!]!",
                "S4 CaseUserError: must hold code: <Noun>ErrorCode!, an enum",
                "S4 FileUserError: must implement UserError",
                "S4 GridUserError: must hold code: <Noun>ErrorCode!, an enum",
                "S4 OrgUserError: CONFLICT needs currentVersion: Int",
            ]
        );
    }
}
