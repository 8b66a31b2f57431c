//! Which test notices which fault.

use fengqiao_domain::kernel::mutant::Mutant;
use fengqiao_tests::Backend;

use super::access::ACCESS;
use super::entry::ENTRY;

/// Where a control shows: on every database, or only where it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Both,
    Sqlite,
    Postgres,
}

impl On {
    pub(super) const fn is_on(self, backend: Backend) -> bool {
        match self {
            Self::Both => true,
            Self::Sqlite => matches!(backend, Backend::Sqlite),
            Self::Postgres => matches!(backend, Backend::Postgres),
        }
    }
}

/// A control, where it shows, and the test that notices when it is gone.
pub(super) type Row = (Mutant, On, &'static str);

/// Every row.
pub(super) fn table() -> impl Iterator<Item = &'static Row> {
    ACCESS.iter().chain(ENTRY).chain(WORK)
}

/// Controls of what is done.
const WORK: &[Row] = &[
    (Mutant::WidestWay, On::Both, "budget::the_most_used_documents_keep_their_budget_and_read_by_index"),
    (Mutant::ListFirst, On::Sqlite, "store::blind::a_number_is_looked_up_by_its_index"),
    (Mutant::MaskedTaken, On::Both, "personal::addresses::a_masked_address_takes_no_other_ones_place"),
    (
        Mutant::WholeAddresses,
        On::Both,
        "personal::addresses::a_case_tells_its_door_by_what_one_has_to_do_with_it",
    ),
    (
        Mutant::WholeAddresses,
        On::Both,
        "personal::addresses::a_visit_tells_its_door_by_what_one_reads_of_people_there",
    ),
    (Mutant::NoCostLimit, On::Both, "edge::costs::a_document_that_costs_too_much_runs_for_nobody"),
    (Mutant::UncountedCost, On::Both, "edge::costs::an_account_that_asks_without_end_waits"),
    (Mutant::SharedCost, On::Both, "edge::costs::what_one_tenant_asks_for_costs_no_other_tenant"),
    (
        Mutant::SharedCost,
        On::Postgres,
        "redis::keys::every_name_is_a_tenants_or_on_the_list_of_those_that_are_nobodys",
    ),
    (Mutant::AnyDocument, On::Both, "edge::costs::where_documents_must_be_known_no_other_runs"),
    (
        Mutant::SchemaForAnyone,
        On::Both,
        "edge::costs::in_production_the_schema_is_shown_to_whoever_signed_in",
    ),
    (Mutant::SchemaForAnyone, On::Both, "edge::scanned::a_scanner_finds_nothing_but_what_is_let_stand"),
    (Mutant::SchemaForAnyone, On::Both, "edge::scanned::strangers_are_told_no_name_of_the_schema"),
    (
        Mutant::AnyApiKey,
        On::Both,
        "exchange::open311::keys::whoever_shows_no_key_of_the_door_sees_and_reports_nothing",
    ),
    (Mutant::NoTenant, On::Both, "tenancy::predicates::every_statement_names_its_tenant_and_who_reads_it"),
    // On PostgreSQL the other wall stands, so that only the comparison of walls can notice.
    (Mutant::NoReach, On::Sqlite, "sweep::cases::everyone_sees_exactly_their_cases"),
    (Mutant::NoReach, On::Sqlite, "sweep::cursors::a_cursor_of_others_shows_nobody_what_is_out_of_reach"),
    (Mutant::WildText, On::Both, "sweep::injection::no_text_breaks_anything_or_finds_more_than_it_says"),
    (Mutant::NoReach, On::Postgres, "sweep::differential::every_wall_gives_the_same_answers"),
    (Mutant::PlaceOfAnyCategory, On::Sqlite, "sweep::cases::everyone_sees_exactly_their_visits"),
    (
        Mutant::AnybodyVoids,
        On::Both,
        "fieldwork::visits::only_whoever_made_a_visit_strikes_it_off_and_only_once",
    ),
    (Mutant::NoTierPredicate, On::Sqlite, "sweep::cases::everyone_sees_exactly_their_cases"),
    (Mutant::NoTierPredicate, On::Postgres, "sweep::differential::every_wall_gives_the_same_answers"),
    (
        Mutant::NoAddressCheck,
        On::Both,
        "webhooks::addresses::what_is_closed_is_refused_when_it_is_set_up_and_when_it_is_called",
    ),
    (
        Mutant::NoAddressCheck,
        On::Sqlite,
        "webhooks::addresses::a_name_that_leads_elsewhere_a_moment_later_leads_nobody_there",
    ),
    (Mutant::FullForAnyone, On::Both, "exchange::told::of_what_became_confidential_nothing_is_told_in_full"),
    (Mutant::StaffTextLeaves, On::Both, "exchange::told::what_staff_write_for_staff_stays_here"),
    (Mutant::UnsignedPartner, On::Both, "exchange::door::whoever_did_not_sign_comes_in_nowhere"),
    (
        Mutant::EndlessSignature,
        On::Both,
        "exchange::door::what_was_signed_counts_for_five_minutes_before_and_after",
    ),
    (
        Mutant::AnyTicket,
        On::Both,
        "exchange::tickets::other_words_under_the_same_number_are_refused_and_written_down",
    ),
    (
        Mutant::UntimedWebhook,
        On::Both,
        "webhooks::messages::what_comes_is_signed_thin_and_as_the_specifications_say",
    ),
    (Mutant::OwnerUnchecked, On::Both, "webhooks::eyes::it_is_told_what_its_owner_sees_and_nothing_else"),
    (Mutant::OwnerUnchecked, On::Both, "webhooks::eyes::what_its_owner_may_not_see_any_more_is_withheld"),
    (Mutant::SharedLoader, On::Both, "sweep::loaders::two_requests_at_once_load_their_own"),
    (Mutant::NoAccessRow, On::Both, "sweep::handed::a_case_handed_elsewhere_is_seen_there"),
    (Mutant::NoDeliveryFilter, On::Both, "sweep::events::events_reach_whoever_sees_the_case"),
    (Mutant::BusyRelay, On::Both, "events::nodes::a_node_that_is_never_idle_hears_of_the_others_too"),
    (
        Mutant::DeafMemory,
        On::Postgres,
        "redis::memory::what_one_server_changed_counts_on_the_other_within_two_seconds",
    ),
    (
        Mutant::DeafMemory,
        On::Both,
        "events::unreadable::what_is_remembered_of_what_nobody_can_read_is_forgotten",
    ),
    (
        Mutant::DeafMemory,
        On::Both,
        "walkthroughs::left::whoever_held_villages_of_a_town_that_goes_loses_them_at_once",
    ),
    (
        Mutant::AnyAccount,
        On::Both,
        "staff::accounts::nobody_ties_an_account_that_holds_something_beyond_their_roster",
    ),
    (
        Mutant::EndedSession,
        On::Both,
        "identity::meanwhile::whoever_is_shut_out_while_they_change_it_keeps_the_old_one",
    ),
    (
        Mutant::ChangedBeside,
        On::Both,
        "identity::meanwhile::whoever_is_shut_out_while_they_change_it_keeps_the_old_one",
    ),
    (Mutant::PlainDigest, On::Both, "store::idempotency::what_is_kept_of_an_input_cannot_be_tried_out"),
    (Mutant::DeafServer, On::Postgres, "redis::wakeup::what_one_server_did_another_one_tells_at_once"),
    (
        Mutant::PlainBus,
        On::Both,
        "events::resume::whoever_comes_back_hears_what_they_missed_once_and_in_order",
    ),
    (Mutant::SharedEyes, On::Both, "events::shared::what_depends_on_who_asks_is_told_to_each_alone"),
    (Mutant::NoPresentSight, On::Both, "events::resume::what_became_confidential_since_is_not_told_again"),
    (Mutant::HeardBefore, On::Both, "events::ground::who_comes_after_a_merger_is_told_of_what_it_brought"),
    (
        Mutant::HeardBefore,
        On::Both,
        "webhooks::nodes::one_that_did_not_hear_of_a_merger_tells_of_what_it_brought",
    ),
    (
        Mutant::NoPlaceCheck,
        On::Both,
        "events::resume::a_place_of_another_history_is_not_taken_for_one_of_this",
    ),
    (Mutant::UntestedIdle, On::Postgres, "faults::restart::whoever_comes_after_a_crash_does_not_notice"),
    (Mutant::EndlessPatience, On::Postgres, "faults::stall::connections_that_a_firewall_forgot_are_replaced"),
    (
        Mutant::EndlessPatience,
        On::Postgres,
        "faults::stall::the_relay_leaves_a_connection_that_a_firewall_forgot",
    ),
    (Mutant::NoSync, On::Sqlite, "faults::kill::what_sqlite_acknowledges_is_on_its_disk"),
    (Mutant::ConstantBinding, On::Both, "store::sealed::a_value_opens_in_its_own_cell_only"),
    (Mutant::NoIdempotencyRecord, On::Both, "store::idempotency::the_same_key_twice_has_one_effect"),
    (
        Mutant::NoIdempotencyRecord,
        On::Sqlite,
        "faults::kill::an_acknowledged_write_outlives_the_process_and_happens_once",
    ),
    (Mutant::ProgramsWithoutKey, On::Both, "cases::hotline::a_program_reports_under_a_key_only"),
    (
        Mutant::FieldWithoutClaim,
        On::Both,
        "fieldwork::field_sync::a_batch_is_carried_out_in_its_order_and_sent_again_does_nothing",
    ),
    (Mutant::NoVersionCheck, On::Both, "store::org::a_stale_version_is_a_conflict"),
    (Mutant::NoPreCheck, On::Both, "edge::documents::a_document_one_step_beyond_a_limit_is_refused"),
    (Mutant::NoClearance, On::Both, "cases::targets::an_office_that_is_not_cleared_does_not_get_it"),
    (Mutant::NoSendingLimit, On::Both, "cases::targets::it_is_handed_up_and_not_dispatched_up"),
    (Mutant::NoProxyLimit, On::Both, WITHDRAWN_FOR_A_CALLER),
    (Mutant::NoReason, On::Both, WITHDRAWN_FOR_A_CALLER),
    (Mutant::OwnJudge, On::Both, "cases::proxy::whoever_settled_it_does_not_say_how_content_the_reporter_is"),
    (Mutant::OwnClock, On::Both, "cases::pauses::whoever_holds_a_case_does_not_touch_its_clock"),
    (Mutant::NoStandstill, On::Both, "cases::pauses::while_it_stands_still_nothing_is_done_with_it"),
    (Mutant::NoExtensionLimit, On::Both, "cases::extensions::it_is_extended_once_and_says_so"),
    (
        Mutant::LateIsOnTime,
        On::Both,
        "cases::outcomes::a_case_that_was_red_when_its_result_was_reported_is_not_on_time",
    ),
    (
        Mutant::OwnJudge,
        On::Both,
        "cases::return_visits::nobody_asks_about_their_own_result_nor_before_there_is_one",
    ),
    (Mutant::NoEvaluationEnd, On::Both, "programmes::judging::nobody_judges_when_the_time_for_it_is_over"),
    (Mutant::NoSampleReach, On::Both, "cases::sampling::a_sample_is_for_those_who_draw_where_it_was_drawn"),
    (
        Mutant::OwnSampleCheck,
        On::Both,
        "cases::sampling::each_is_checked_by_somebody_else_than_who_settled_it",
    ),
    (Mutant::OwnSampleCheck, On::Both, "cases::sampling::nobody_checks_a_case_that_they_ever_settled"),
    (
        Mutant::OpenRequestKept,
        On::Both,
        "cases::extension_requests::it_is_moot_when_the_case_lies_with_somebody_else",
    ),
    (Mutant::EndlessAssistance, On::Both, "cases::assistance::whoever_answered_is_not_waited_for"),
    (
        Mutant::SensitivityLowered,
        On::Both,
        "cases::category_change::it_goes_to_whom_it_would_have_gone_to_while_nobody_has_it_in_hand",
    ),
    (
        Mutant::BlindCategoryChange,
        On::Both,
        "cases::category_change::nobody_gives_a_case_a_category_by_which_they_would_not_see_it",
    ),
    (
        Mutant::KeptAccess,
        On::Both,
        "cases::category_change::what_becomes_more_sensitive_is_closed_to_organisations_that_had_it",
    ),
    (
        Mutant::UnclearedGiver,
        On::Both,
        "cases::category_change::what_becomes_more_sensitive_goes_back_to_nobody_who_may_not_see_it",
    ),
    (
        Mutant::ForeignValues,
        On::Both,
        "programmes::recategorised::what_another_programme_does_not_ask_for_is_not_taken_along",
    ),
    (
        Mutant::DutyEverywhere,
        On::Both,
        "cases::routing::the_nearest_category_counts_before_a_smaller_unit_and_then_the_smallest_unit",
    ),
    // On PostgreSQL the other wall stands.
    (Mutant::NoReach, On::Sqlite, KNOWN_ALREADY),
    (Mutant::FarIsSimilar, On::Both, KNOWN_ALREADY),
    (Mutant::LongAgoIsSimilar, On::Both, KNOWN_ALREADY),
    (Mutant::NoMergeCycleCheck, On::Both, "cases::merging::never_a_chain_and_never_a_circle"),
    (Mutant::NoLevelOrder, On::Both, "cases::supervision::the_level_rises_and_never_falls"),
    // SQLite has one writer at a time.
    (Mutant::UnheldCase, On::Postgres, "cases::race::whatever_races_each_case_has_one_history"),
    (
        Mutant::NoReckoning,
        On::Both,
        "calendars::hours::open_cases_follow_other_hours_and_nobody_s_version_changes",
    ),
    (
        Mutant::NoRecheck,
        On::Both,
        "programmes::ladders::what_the_case_says_counts_and_not_what_the_index_says",
    ),
    (Mutant::NoClaim, On::Both, "programmes::ladders::each_rung_fires_once_in_its_time_and_tells_so"),
    (Mutant::EverybodyOversees, On::Both, "cases::pauses::a_colleague_lets_nothing_go_on"),
    (
        Mutant::NoRuleLimit,
        On::Both,
        "programmes::people::an_act_can_be_for_a_role_at_a_level_or_for_an_organisation",
    ),
    (
        Mutant::NoDemandedField,
        On::Both,
        "programmes::sixteenth::what_an_act_demands_is_there_and_of_its_kind",
    ),
    (
        Mutant::LatestVersion,
        On::Both,
        "programmes::versions::a_running_case_stays_on_the_version_it_began_with",
    ),
    (
        Mutant::NoProgrammeCheck,
        On::Both,
        "programmes::files::a_file_that_breaks_a_rule_is_refused_line_by_line",
    ),
    (Mutant::NewestSealsAtOnce, On::Sqlite, KEYS_IN_TURN),
    (Mutant::HastyKeys, On::Sqlite, KEYS_IN_TURN),
    (Mutant::UnlearnedKeys, On::Sqlite, "store::keys::a_process_that_runs_learns_of_a_new_key"),
    (
        Mutant::AnyKeyFile,
        On::Sqlite,
        "store::keys::a_file_of_another_deployment_is_not_taken_by_one_that_runs",
    ),
    (Mutant::OneKeyLookup, On::Sqlite, "store::keys::what_is_looked_up_is_looked_up_under_each_key"),
    (
        Mutant::HastyCount,
        On::Postgres,
        "store::resealed_slowly::what_takes_longer_than_a_statement_may_is_counted",
    ),
    (Mutant::CarelessReseal, On::Both, "store::resealed::what_somebody_writes_meanwhile_stays"),
    // These start the program; it has the mutants in it as `cargo test --workspace` builds it.
    (
        Mutant::NoKeyRecognition,
        On::Sqlite,
        "edge::startup::a_sealing_key_that_is_not_the_stores_is_refused_and_none_is_made",
    ),
    (
        Mutant::UsedKeyRetired,
        On::Sqlite,
        "edge::keys::an_operator_changes_the_sealing_key_while_a_server_runs",
    ),
    (
        Mutant::DemoInProduction,
        On::Sqlite,
        "edge::startup::half_a_demo_is_refused_and_a_whole_one_in_production",
    ),
    (Mutant::NoAnonymousCap, On::Both, "edge::transport::strangers_share_a_cap_of_sockets"),
    (Mutant::NoExclusivePost, On::Both, "staff::appointments::an_exclusive_post_has_one_holder_at_a_time"),
    (
        Mutant::NoRosterLimit,
        On::Both,
        "staff::appointments::nobody_appoints_beyond_their_own_roster_or_rights",
    ),
    (
        Mutant::RoleOutlivesPost,
        On::Both,
        "staff::appointments::a_post_gives_its_role_at_once_and_ending_it_takes_it_away",
    ),
    (
        Mutant::NoForgetting,
        On::Both,
        "store::import_again::an_edition_that_is_named_is_told_from_a_newer_one_of_the_same_code",
    ),
    (Mutant::SharedMemory, On::Both, "sweep::loaders::two_requests_at_once_load_their_own"),
    (Mutant::NoMagicCheck, On::Both, "files::uploads::a_file_is_what_its_content_says"),
    (Mutant::NoLocationStrip, On::Both, "files::uploads::a_photo_is_drawn_anew_and_tells_nothing_of_where"),
    (Mutant::UncountedUploads, On::Both, "files::waiting::whatever_comes_at_once_no_more_wait_than_may"),
    (Mutant::NoAttachmentOwner, On::Both, "files::attached::it_comes_with_its_entry_once_in_its_order"),
    (Mutant::NoAttachmentAudience, On::Both, "files::attached::what_came_with_a_word_for_staff_is_theirs"),
    (Mutant::NoEvidence, On::Both, "files::evidence::a_result_is_shown_before_and_after_with_where_and_when"),
    (Mutant::NoLinkEnd, On::Both, "sheets::links::a_link_is_for_one_file_one_use_and_a_time"),
    (Mutant::NoExportPermission, On::Both, "sheets::exports::who_may_not_export_takes_nothing_out"),
    (Mutant::ExportedTrail, On::Both, "sheets::trail::who_does_not_read_the_trail_takes_none_of_it_out"),
    (Mutant::UnauditedWrites, On::Both, "audit::rehearsed::what_can_leave_no_entry_is_not_done"),
    (Mutant::AuditAfterwards, On::Both, "audit::rehearsed::what_can_leave_no_entry_is_not_done"),
    (Mutant::NoListInCursor, On::Both, "edge::bad_input::pages_have_a_size_and_a_cursor_of_ours"),
];

const KEYS_IN_TURN: &str = "store::keys::a_key_opens_before_it_seals_and_the_one_before_opens_after";

const KNOWN_ALREADY: &str = "cases::similar::whoever_takes_a_report_in_is_told_what_is_known_already";

const WITHDRAWN_FOR_A_CALLER: &str =
    "cases::proxy::it_is_withdrawn_by_those_it_lies_with_or_above_and_with_a_reason";
