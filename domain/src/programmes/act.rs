//! The acts on a case, and each one's mutation, event and audit action: the one list of their names.

use strum::{EnumCount, EnumIter, EnumString, IntoStaticStr};

/// What somebody does to a case.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumCount, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum CaseAct {
    /// Report it (上报).
    Report,
    /// Accept it as ours (受理).
    Accept,
    /// Refuse it, with the reason (不予受理).
    Reject,
    /// Give it to an assignee (分流、派遣).
    Dispatch,
    /// Begin to work on it (开始处置).
    Start,
    /// Pass it to another assignee of the same level (转办).
    Transfer,
    /// Give it back to whoever gave it (退回).
    Return,
    /// Hand it to the level above (提级、上交).
    HandUp,
    /// Send it to a level below (下派、交办).
    SendDown,
    /// Move it on to the next stage of its state (推进).
    Advance,
    /// Move it back to an earlier stage, with the reason (回退).
    StepBack,
    /// Let it stand still, with the reason (挂起).
    Pause,
    /// Let it go on (恢复).
    Resume,
    /// Give it more time, with the reason (延期).
    Extend,
    /// Ask for more time, with the reason (延期申请).
    RequestExtension,
    /// Refuse the time that was asked for, with the reason (驳回延期).
    RefuseExtension,
    /// Ask others to assist with it (协办).
    CoHandle,
    /// Say what one did to assist (协办反馈).
    Assist,
    /// Ask for haste (催办).
    Urge,
    /// Put it under supervision, with the reason (督办).
    Supervise,
    /// Write an instruction on it, for staff (批示).
    Instruct,
    /// Take charge of it as a leader (包案).
    TakeCharge,
    /// Give it another category, with the reason (改类).
    ChangeCategory,
    /// Say something about it (留言).
    Comment,
    /// Report the result (办结).
    Complete,
    /// Confirm the result (核查).
    Verify,
    /// Find the result wanting (返工).
    SendBack,
    /// Close it (结案).
    Close,
    /// Judge how it was settled (评价).
    Evaluate,
    /// Ask the reporter what they make of the result (回访).
    ReturnVisit,
    /// Open it again after closing (重开).
    Reopen,
    /// Take the report back (撤回).
    Withdraw,
    /// Make it part of another case, with the reason (并案).
    Merge,
    /// Strike it off (作废).
    Void,
}

/// The names of one act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActWords {
    /// The act.
    pub act: CaseAct,
    /// GraphQL mutation.
    pub mutation: &'static str,
    /// GraphQL type of the event.
    pub event: &'static str,
    /// Name of the event in the outbox and of the webhook.
    pub name: &'static str,
    /// Action in the audit trail.
    pub action: &'static str,
}

const fn words(
    act: CaseAct,
    mutation: &'static str,
    event: &'static str,
    name: &'static str,
    action: &'static str,
) -> ActWords {
    ActWords { act, mutation, event, name, action }
}

/// One row per act, in the order of [`CaseAct`].
const WORDS: [ActWords; CaseAct::COUNT] = [
    words(CaseAct::Report, "caseReport", "CaseReported", "case.reported", "case.report"),
    words(CaseAct::Accept, "caseAccept", "CaseAccepted", "case.accepted", "case.accept"),
    words(CaseAct::Reject, "caseReject", "CaseRejected", "case.rejected", "case.reject"),
    words(CaseAct::Dispatch, "caseDispatch", "CaseDispatched", "case.dispatched", "case.dispatch"),
    words(CaseAct::Start, "caseStart", "CaseStarted", "case.started", "case.start"),
    words(CaseAct::Transfer, "caseTransfer", "CaseTransferred", "case.transferred", "case.transfer"),
    words(CaseAct::Return, "caseReturn", "CaseReturned", "case.returned", "case.return"),
    words(CaseAct::HandUp, "caseHandUp", "CaseHandedUp", "case.handed_up", "case.hand_up"),
    words(CaseAct::SendDown, "caseSendDown", "CaseSentDown", "case.sent_down", "case.send_down"),
    words(CaseAct::Advance, "caseAdvance", "CaseAdvanced", "case.advanced", "case.advance"),
    words(CaseAct::StepBack, "caseStepBack", "CaseSteppedBack", "case.stepped_back", "case.step_back"),
    words(CaseAct::Pause, "casePause", "CasePaused", "case.paused", "case.pause"),
    words(CaseAct::Resume, "caseResume", "CaseResumed", "case.resumed", "case.resume"),
    words(CaseAct::Extend, "caseExtend", "CaseExtended", "case.extended", "case.extend"),
    words(
        CaseAct::RequestExtension,
        "caseRequestExtension",
        "CaseExtensionRequested",
        "case.extension_requested",
        "case.request_extension",
    ),
    words(
        CaseAct::RefuseExtension,
        "caseRefuseExtension",
        "CaseExtensionRefused",
        "case.extension_refused",
        "case.refuse_extension",
    ),
    words(CaseAct::CoHandle, "caseCoHandle", "CaseCoHandled", "case.co_handled", "case.co_handle"),
    words(CaseAct::Assist, "caseAssist", "CaseAssisted", "case.assisted", "case.assist"),
    words(CaseAct::Urge, "caseUrge", "CaseUrged", "case.urged", "case.urge"),
    words(CaseAct::Supervise, "caseSupervise", "CaseSupervised", "case.supervised", "case.supervise"),
    words(CaseAct::Instruct, "caseInstruct", "CaseInstructed", "case.instructed", "case.instruct"),
    words(CaseAct::TakeCharge, "caseTakeCharge", "CaseChargeTaken", "case.charge_taken", "case.take_charge"),
    words(
        CaseAct::ChangeCategory,
        "caseChangeCategory",
        "CaseCategoryChanged",
        "case.category_changed",
        "case.change_category",
    ),
    words(CaseAct::Comment, "caseComment", "CaseCommented", "case.commented", "case.comment"),
    words(CaseAct::Complete, "caseComplete", "CaseCompleted", "case.completed", "case.complete"),
    words(CaseAct::Verify, "caseVerify", "CaseVerified", "case.verified", "case.verify"),
    words(CaseAct::SendBack, "caseSendBack", "CaseSentBack", "case.sent_back", "case.send_back"),
    words(CaseAct::Close, "caseClose", "CaseClosed", "case.closed", "case.close"),
    words(CaseAct::Evaluate, "caseEvaluate", "CaseEvaluated", "case.evaluated", "case.evaluate"),
    words(
        CaseAct::ReturnVisit,
        "caseReturnVisit",
        "CaseReturnVisited",
        "case.return_visited",
        "case.return_visit",
    ),
    words(CaseAct::Reopen, "caseReopen", "CaseReopened", "case.reopened", "case.reopen"),
    words(CaseAct::Withdraw, "caseWithdraw", "CaseWithdrawn", "case.withdrawn", "case.withdraw"),
    words(CaseAct::Merge, "caseMerge", "CaseMerged", "case.merged", "case.merge"),
    words(CaseAct::Void, "caseVoid", "CaseVoided", "case.voided", "case.void"),
];

impl CaseAct {
    /// The names of the act.
    #[must_use]
    pub const fn words(self) -> &'static ActWords {
        &WORDS[self as usize]
    }

    /// The act of an event's name, for example `case.handed_up`.
    #[must_use]
    pub fn of_event(name: &str) -> Option<Self> {
        WORDS.iter().find(|words| words.name == name).map(|words| words.act)
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::CaseAct;

    #[test]
    fn every_act_has_its_own_names_and_they_are_forms_of_one_word() {
        for act in CaseAct::iter() {
            let words = act.words();
            let snake: &str = act.into();
            assert_eq!(words.act, act);
            assert_eq!(words.action, format!("case.{snake}"));
            assert_eq!(words.mutation.to_lowercase(), format!("case{}", snake.replace('_', "")));
            assert_eq!(
                words.event.to_lowercase(),
                words.name.replace(['.', '_'], ""),
                "type and name of the event of {snake}"
            );
            assert_eq!(CaseAct::of_event(words.name), Some(act));
        }
    }
}
