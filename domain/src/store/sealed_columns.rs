//! Every sealed column there is. `docs/data-inventory.csv` lists them too, and a test compares the two.

/// A column whose values are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// The column with the id that its values are bound to.
    pub row: &'static str,
    /// Where the blind index of its values stands, if that is made anew with them.
    pub blind: Option<&'static str>,
    /// Which rows are their account's own, so that PostgreSQL shows them to nobody else.
    pub own: Option<&'static str>,
}

const fn column(table: &'static str, column: &'static str) -> SealedColumn {
    SealedColumn { table, column, row: "id", blind: None, own: None }
}

impl SealedColumn {
    const fn by(self, row: &'static str) -> Self {
        Self { row, ..self }
    }

    const fn found_by(self, blind: &'static str) -> Self {
        Self { blind: Some(blind), ..self }
    }

    const fn own(self, which: &'static str) -> Self {
        Self { own: Some(which), ..self }
    }
}

/// In whose rows the digests of recovery codes are, which nobody makes anew.
pub(super) const RECOVERY: SealedColumn = column("second_factors", "secret").by("account_id").own("TRUE");

/// All of them, by table.
pub const SEALED_COLUMNS: [SealedColumn; 33] = [
    column("accounts", "name"),
    column("accounts", "phone").found_by("phone_blind"),
    column("attachments", "file_name").own("case_id IS NULL"),
    column("case_entries", "text"),
    column("case_sample_items", "note"),
    column("case_values", "sealed"),
    column("cases", "address"),
    column("cases", "description"),
    column("cases", "reporter_name"),
    column("cases", "reporter_phone"),
    column("client_secrets", "secret").own("TRUE"),
    column("exchange_partners", "old_secret"),
    column("exchange_partners", "secret"),
    column("exchange_tickets", "body").by("case_id"),
    column("export_parts", "bytes").own("TRUE"),
    column("external_identities", "subject").found_by("subject_blind").own("TRUE"),
    column("identity_providers", "secret"),
    column("imports", "mistakes").own("TRUE"),
    column("provider_tokens", "token").by("provider_id"),
    column("second_factors", "secret").by("account_id").own("TRUE"),
    column("staff_members", "name"),
    column("staff_members", "phone").found_by("phone_blind"),
    column("tenant_keys", "key").by("tenant_id"),
    column("visits", "address"),
    column("visits", "born_on"),
    column("visits", "findings"),
    column("visits", "guardian_name"),
    column("visits", "subject_name"),
    column("visits", "subject_phone"),
    column("visits", "void_reason"),
    column("webhook_deliveries", "refusal"),
    column("webhooks", "old_secret"),
    column("webhooks", "secret"),
];
