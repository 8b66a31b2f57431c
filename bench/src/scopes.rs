//! Callers, and the settings by which the policies of PostgreSQL know them: what the product sends for each of
//! them with `BEGIN`, so that pgbench passes the same walls. `draws` proves that they open the same rows.

use uuid::Uuid;

/// At what a caller holds their role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Desk {
    /// A dispatcher of a district.
    District,
    /// A dispatcher of a town.
    Town,
    /// The chief of a village's station.
    Village,
    /// A worker of a grid.
    Grid,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Access token.
    pub(crate) token: String,
    /// Tenant.
    pub(crate) tenant: Uuid,
    /// Account.
    pub(crate) account: Uuid,
    /// What their desk is.
    pub(crate) desk: Desk,
    /// The unit or grid of the desk.
    pub(crate) place: Uuid,
}

impl Caller {
    /// Names and values of the settings, in the product's order.
    pub(crate) fn settings(&self) -> [(&'static str, String); 10] {
        let at = |desk: Desk| if self.desk == desk { format!("{{{}}}", self.place) } else { String::new() };
        let flag = |on: bool| if on { "1".to_owned() } else { String::new() };
        let mut principals = vec![self.account];
        if self.desk != Desk::Grid {
            principals.push(self.place);
        }
        principals.sort_unstable();
        let principals: Vec<String> = principals.iter().map(Uuid::to_string).collect();
        [
            ("app.tenant", self.tenant.to_string()),
            ("app.account", self.account.to_string()),
            ("app.staff", flag(true)),
            ("app.auditor", flag(false)),
            ("app.district", flag(self.desk == Desk::District)),
            ("app.towns", at(Desk::Town)),
            ("app.villages", at(Desk::Village)),
            ("app.grids", at(Desk::Grid)),
            ("app.rules", self.rules()),
            ("app.principals", format!("{{{}}}", principals.join(","))),
        ]
    }

    /// The one grant as a rule, where its ceiling is above normal. A blank follows each colon: pgbench would take
    /// what follows at once for a variable.
    fn rules(&self) -> String {
        let at =
            |desk: Desk| if self.desk == desk { format!("[\"{}\"]", self.place) } else { "[]".to_owned() };
        if self.desk == Desk::Grid {
            return String::new();
        }
        format!(
            "[{{\"d\": {}, \"t\": {}, \"v\": {}, \"g\": [], \"c\": null, \"s\": 1}}]",
            self.desk == Desk::District,
            at(Desk::Town),
            at(Desk::Village),
        )
    }
}
