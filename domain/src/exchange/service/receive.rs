//! Take a ticket in (来件): once, however often it is sent.

use serde_json::{Value, json};

use crate::cases::{self, Case, CaseError, ReportCase};
use crate::exchange::command::Ticket;
use crate::exchange::error::ExchangeError;
use crate::exchange::model::{Known, KnownTicket, Partner, Received};
use crate::exchange::service::{Answer, ExchangeService};
use crate::exchange::store;
use crate::exchange::{reading, values};
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError};

/// For how long what came without a number is taken for the same when it says the same: as long as idempotency keys are kept at least.
const SAME_SECONDS: i64 = 86_400;

impl ExchangeService {
    /// Takes in what a partner sent, read as its mapping says. Needs `CASE_REPORT`, as a system of the district.
    ///
    /// # Errors
    /// As [`ExchangeService::receive`].
    pub async fn receive_sent(
        &self,
        scope: &Scope,
        partner: &Partner,
        (sent, body): (&Value, &[u8]),
    ) -> Answer<Received> {
        let ticket = reading::read(&partner.mapping, sent).map_err(Failure::User)?;
        self.receive(scope, partner, (&ticket, body)).await
    }

    /// Takes a ticket in. One that came before is answered with its case; one without a number when it said the same within a day.
    ///
    /// # Errors
    /// `CHANGED_TICKET` for other words under a number of before, which is written down; `UNKNOWN_CATEGORY`, `UNKNOWN_AREA`,
    /// `UNKNOWN_VALUE`, `INVALID_TIME`, `INVALID_POINT`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`, and what reporting a case says.
    pub async fn receive(
        &self,
        scope: &Scope,
        partner: &Partner,
        (ticket, body): (&Ticket, &[u8]),
    ) -> Answer<Received> {
        self.receive_as(scope, partner, (ticket, body), None).await
    }

    /// The same, of a category whose code here is known already.
    pub(super) async fn receive_as(
        &self,
        scope: &Scope,
        partner: &Partner,
        (ticket, body): (&Ticket, &[u8]),
        category: Option<&str>,
    ) -> Answer<Received> {
        if !scope.permits(Permission::CaseReport) {
            return Err(Failure::Denied);
        }
        let fingerprints = self.fingerprints(scope, ticket).await?;
        let fingerprint = fingerprints.first().cloned().unwrap_or_default();
        let number = ticket.number.as_deref().map(reading::number).transpose();
        let number = number.map_err(|problem| Failure::User(vec![problem]))?;
        if let Some(known) = self.known(scope, partner, (number.as_deref(), &fingerprints)).await? {
            return self.again(scope, partner, (known, &fingerprints)).await;
        }
        // What has no number gets one from what it says and the day, so that two servers that take it at once take it once.
        let day = self.db.now().micros().div_euclid(SAME_SECONDS * 1_000_000);
        let number = number
            .unwrap_or_else(|| format!("{}-{day}", hex::encode(fingerprint.get(..16).unwrap_or_default())));
        let reader = self.db.reader(scope);
        let command = reading::report(
            &*reader.tx().await?,
            partner,
            (ticket, &number, category),
            self.settings.window_seconds,
        )
        .await?;
        let values = values::given(&*reader.tx().await?, &command, &ticket.values).await?;
        let command = ReportCase { values, ..command };
        drop(reader);
        let kept = (number.clone(), fingerprint.clone());
        let reported = self.cases.report_with(scope, command, |tx, case| {
            let ticket =
                KnownTicket { number: kept.0, fingerprint: kept.1, case: case.id, received_at: tx.now() };
            let row = store::ticket::row(tx, partner, &ticket, body)?;
            tx.insert_late(vec![row]);
            Ok(())
        });
        match reported.await {
            Ok(case) => Ok(Received { case, known: Known::New }),
            Err(failure) if is_taken(&failure) => {
                // Somebody was faster, or it was entered by hand: perhaps by somebody whose case the partner does not see.
                if let Some(known) = self.known(scope, partner, (Some(&number), &fingerprints)).await? {
                    return self.again(scope, partner, (known, &fingerprints)).await;
                }
                let found = self.ticket(scope, partner, &number).await;
                let case = found.map_err(|_| failure.map(ExchangeError::from))?;
                let received_at = self.db.now();
                let ticket = KnownTicket { number, fingerprint, case: case.id, received_at };
                self.adopt(scope, partner, (ticket, body)).await?;
                Ok(Received { case, known: Known::Before })
            }
            Err(failure) => Err(failure.map(ExchangeError::from)),
        }
    }

    /// What came before under the number, or, without one, what said the same lately.
    async fn known(
        &self,
        scope: &Scope,
        partner: &Partner,
        (number, fingerprints): (Option<&str>, &[Vec<u8>]),
    ) -> Answer<Option<KnownTicket>> {
        let reader = self.db.reader(scope);
        let tx = reader.tx().await?;
        if let Some(number) = number {
            return Ok(store::ticket::by_number(&tx, partner.id, number).await?);
        }
        let since = tx.now().plus_seconds(-SAME_SECONDS);
        Ok(store::ticket::by_fingerprints(&tx, partner.id, (fingerprints, since)).await?)
    }

    /// The case of a ticket that came before, if it says the same; else it is written down that it does not.
    async fn again(
        &self,
        scope: &Scope,
        partner: &Partner,
        (known, fingerprints): (KnownTicket, &[Vec<u8>]),
    ) -> Answer<Received> {
        let same = fingerprints.contains(&known.fingerprint) || mutant::active(Mutant::AnyTicket);
        if same || self.said_before(scope, partner, &known).await?.as_deref() == Some(fingerprints) {
            let case = self.case_of(scope, &known).await?;
            return Ok(Received { case, known: Known::Before });
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Err(StoreError::Internal("a ticket carries no key".to_owned()).into()),
        };
        let detail = json!({ "partner": partner.key, "number": known.number });
        tx.audit("exchange.changed_ticket", &known.case, detail);
        tx.commit(Done { id: known.case.uuid(), version: 1 }).await?;
        Err(Failure::user("number", ExchangeError::ChangedTicket))
    }

    /// What the ticket of before says as the mapping reads it now: it may have been mended since.
    async fn said_before(
        &self,
        scope: &Scope,
        partner: &Partner,
        known: &KnownTicket,
    ) -> Answer<Option<Vec<Vec<u8>>>> {
        let reader = self.db.reader(scope);
        let body = store::ticket::body(&*reader.tx().await?, known.case).await?;
        let sent: Option<Value> = body.and_then(|body| serde_json::from_slice(&body).ok());
        let ticket = sent.and_then(|mut sent| reading::read(&partner.mapping, &sent["data"].take()).ok());
        match ticket {
            Some(ticket) => self.fingerprints(scope, &ticket).await.map(Some),
            None => Ok(None),
        }
    }

    async fn fingerprints(&self, scope: &Scope, ticket: &Ticket) -> Answer<Vec<Vec<u8>>> {
        let said = serde_json::to_string(ticket).map_err(|error| StoreError::Internal(error.to_string()))?;
        let reader = self.db.reader(scope);
        Ok(store::ticket::fingerprints(&*reader.tx().await?, &said)?)
    }

    /// Keeps what came under a number that was entered by hand, so that it is known from now on.
    async fn adopt(
        &self,
        scope: &Scope,
        partner: &Partner,
        (ticket, body): (KnownTicket, &[u8]),
    ) -> Answer<()> {
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Err(StoreError::Internal("a ticket carries no key".to_owned()).into()),
        };
        let row = store::ticket::row(&tx, partner, &ticket, body)?;
        let done = Done { id: ticket.case.uuid(), version: 1 };
        tx.audit(
            "exchange.adopt_ticket",
            &ticket.case,
            json!({ "partner": partner.key, "number": ticket.number }),
        );
        match tx.insert(row).await {
            Ok(()) => Ok(tx.commit(done).await.map(drop)?),
            // Somebody else did.
            Err(StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn case_of(&self, scope: &Scope, known: &KnownTicket) -> Answer<Case> {
        let reader = self.db.reader(scope);
        let found = cases::directory::by_ids(&*reader.tx().await?, &[known.case]).await?.pop();
        found.ok_or_else(|| Failure::user("number", ExchangeError::NotFound))
    }
}

/// Whether somebody else took the number meanwhile.
fn is_taken(failure: &Failure<CaseError>) -> bool {
    match failure {
        Failure::User(problems) => {
            problems.iter().any(|problem| problem.error == CaseError::DuplicateExternalNumber)
        }
        Failure::Internal(StoreError::Conflict { constraint }) => constraint.contains("exchange_tickets"),
        _ => false,
    }
}
