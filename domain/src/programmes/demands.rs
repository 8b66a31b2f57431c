//! What an act demands of whoever does it and of its input, and what a programme may demand besides.

use crate::programmes::act::CaseAct;
use crate::programmes::vocabulary::{CaseState, Condition, Input, Relation};

impl CaseAct {
    /// What must hold for somebody who is this to a case in this state.
    pub(super) fn conditions(self, state: CaseState, relation: Relation) -> Vec<Condition> {
        let mut conditions = self.terms().conditions.to_vec();
        // Nobody asks the reporter about their own work, and nobody closes it unchecked.
        let own = match self {
            Self::Evaluate => relation == Relation::Proxy,
            Self::Close => state == CaseState::Resolved,
            _ => false,
        };
        conditions.extend(own.then_some(Condition::NotOwnResult));
        // Nobody urges themselves, but whoever speaks for the reporter writes down that these did.
        let urges = self == Self::Urge && matches!(relation, Relation::Territory | Relation::Oversight);
        conditions.extend(urges.then_some(Condition::NotHolder));
        conditions
    }

    /// What its input must give, of somebody who is this to the case.
    pub(super) fn inputs(self, relation: Relation) -> Vec<Input> {
        let mut inputs = self.terms().inputs.to_vec();
        // Staff who take back what somebody else reported say why.
        inputs.extend((self == Self::Withdraw && relation == Relation::Proxy).then_some(Input::Reason));
        inputs
    }

    /// Whether a programme may demand this of its input, which need not hold it otherwise: the reason or note that its
    /// mutation takes, and the photos and papers that come with any.
    pub(super) const fn may_require(self, input: Input) -> bool {
        if matches!(input, Input::PhotoBefore | Input::PhotoAfter | Input::Document) {
            return true;
        }
        match self {
            Self::Accept
            | Self::Advance
            | Self::Dispatch
            | Self::Start
            | Self::SendDown
            | Self::Resume
            | Self::Urge
            | Self::TakeCharge
            | Self::Verify
            | Self::Close
            | Self::Evaluate
            | Self::ReturnVisit
            | Self::Withdraw => matches!(input, Input::Reason),
            Self::Report
            | Self::Reject
            | Self::Transfer
            | Self::Return
            | Self::HandUp
            | Self::StepBack
            | Self::Pause
            | Self::Extend
            | Self::RequestExtension
            | Self::RefuseExtension
            | Self::CoHandle
            | Self::Assist
            | Self::Supervise
            | Self::Instruct
            | Self::Comment
            | Self::Complete
            | Self::SendBack
            | Self::Reopen
            | Self::ChangeCategory
            | Self::Merge
            | Self::Void => false,
        }
    }
}
