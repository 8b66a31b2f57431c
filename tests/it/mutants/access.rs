//! Which test notices which fault of access: who sees what, what is kept from whom, and what is written down about it.

use fengqiao_domain::kernel::mutant::Mutant;

use super::table::{On, Row};

/// Controls of access.
pub(super) const ACCESS: &[Row] = &[
    (
        Mutant::UnsealedAudit,
        On::Both,
        "audit::chains::every_entry_has_its_place_and_the_hash_that_the_words_say",
    ),
    (Mutant::UnchainedAudit, On::Both, "audit::chains::an_entry_that_was_sealed_anew_breaks_what_follows"),
    (
        Mutant::BelievedHead,
        On::Both,
        "audit::unreadable::a_head_that_is_no_hash_is_named_and_the_chain_is_walked",
    ),
    (Mutant::RevealAnywhere, On::Both, "personal::what_allows_it_in_one_post_allows_nothing_in_another"),
    (Mutant::RevealAnywhere, On::Both, "personal::whoever_a_case_lies_with_reads_nobody_by_a_post_elsewhere"),
    (Mutant::EndlessReveals, On::Both, "personal::so_many_a_day_are_read_and_no_more"),
    (Mutant::EndlessLookups, On::Both, "personal::lookups::so_many_numbers_a_day_are_tried_and_no_more"),
    (
        Mutant::WiderMask,
        On::Both,
        "personal::joint::whatever_a_role_reads_of_somebody_a_thousand_numbers_fit",
    ),
    (
        Mutant::WiderMask,
        On::Sqlite,
        "personal::joint::a_citizens_number_masked_as_usual_would_name_somebody_and_ours_does_not",
    ),
    (Mutant::MaskedTaken, On::Both, "staff::members::an_update_tells_what_is_absent_from_what_is_null"),
    (Mutant::MaskedTaken, On::Both, "sheets::imports::a_masked_name_in_a_file_takes_nobodys_place"),
    (
        Mutant::MixedPosts,
        On::Both,
        "roles::grid_chief::several_posts_add_up_and_none_lends_what_it_allows_to_another",
    ),
    (Mutant::PostsElsewhere, On::Both, "personal::whoever_a_case_lies_with_reads_nobody_by_a_post_elsewhere"),
    (
        Mutant::PostsElsewhere,
        On::Both,
        "roles::elsewhere::whoever_was_moved_reads_what_lay_with_them_and_acts_on_it_no_more",
    ),
    (Mutant::KeptCases, On::Both, "roles::elsewhere::whoever_left_sees_nothing_of_what_lay_with_them"),
    (
        Mutant::DoorWithoutPost,
        On::Both,
        "roles::elsewhere::whoever_was_moved_finds_the_door_of_what_lay_with_them_no_more",
    ),
    // On PostgreSQL the other wall stands.
    (
        Mutant::KeyPersonsByPlace,
        On::Sqlite,
        "roles::embedded_police::key_persons_are_followed_up_by_whoever_may_and_read_by_nobody_else",
    ),
    (
        Mutant::AnybodyFollowsUp,
        On::Both,
        "roles::embedded_police::nobody_else_follows_up_key_persons_and_nobody_beside_their_place",
    ),
    // On PostgreSQL the other wall stands.
    (
        Mutant::ChildrenAsAnybody,
        On::Sqlite,
        "fieldwork::children::visits_to_children_are_read_by_few_and_by_whoever_made_them",
    ),
    (
        Mutant::ChildrenAsAnybody,
        On::Both,
        "fieldwork::children::whoever_nobody_said_the_age_of_counts_as_a_child_until_somebody_does",
    ),
    (Mutant::UnfoundedChild, On::Both, "fieldwork::children::nothing_is_kept_of_a_child_without_a_ground"),
    (
        Mutant::NoLinkage,
        On::Both,
        "roles::embedded_police::a_dispute_goes_from_the_officer_to_mediation_and_back_with_its_number",
    ),
    (
        Mutant::NoClearance,
        On::Both,
        "roles::embedded_police::a_dispute_goes_to_no_committee_that_may_not_read_it_and_to_nobody_who_has_it",
    ),
    (
        Mutant::ToOneself,
        On::Both,
        "roles::embedded_police::a_dispute_goes_to_no_committee_that_may_not_read_it_and_to_nobody_who_has_it",
    ),
    (
        Mutant::WallsUnexamined,
        On::Postgres,
        "edge::startup::a_postgres_whose_walls_are_damaged_is_not_served",
    ),
    (
        Mutant::SilentRefusals,
        On::Both,
        "audit::refused::whatever_is_refused_is_written_down_with_who_tried_it_on_what",
    ),
    (
        Mutant::EndlessRefusals,
        On::Both,
        "audit::refused::whoever_tries_without_end_fills_nothing_and_hides_nothing",
    ),
    (Mutant::TellingRoster, On::Both, "sheets::imports::a_file_tells_nobody_whose_number_is_whose_elsewhere"),
    (
        Mutant::ScoreForEverybody,
        On::Both,
        "roles::grid_instructor::an_instructor_sends_back_scores_and_closes_nothing",
    ),
    (Mutant::SilentReveal, On::Both, "personal::whoever_may_call_them_reads_a_reporter_whole"),
    (Mutant::OverseerWrites, On::Both, "oversight::writing::whoever_oversees_changes_nothing"),
    (Mutant::OverseerAtHome, On::Both, "oversight::ending::without_a_session_at_home_the_account_is_nobody"),
    (Mutant::ForgottenHome, On::Both, "oversight::ending::whatever_ends_the_session_at_home_ends_it_here"),
    (Mutant::SilentOversight, On::Both, "oversight::reading::each_coming_is_in_the_trails_of_both_districts"),
    (Mutant::EndlessExports, On::Both, "sheets::reviews::so_many_files_a_day_are_taken_out_and_no_more"),
    (Mutant::UnreviewedExport, On::Both, "sheets::reviews::a_file_of_many_people_waits_for_somebody_else"),
    (Mutant::KeptExports, On::Both, "sheets::reviews::who_lost_what_they_saw_fetches_nothing_of_it"),
    (
        Mutant::KeptExports,
        On::Both,
        "sheets::reviews::a_file_that_waited_for_nobody_is_not_fetched_by_who_lost_what_they_saw_either",
    ),
    (Mutant::OwnReview, On::Both, "sheets::reviews::nobody_approves_what_they_take_and_nobody_twice"),
    (Mutant::DecidedTwice, On::Both, "sheets::reviews::nobody_approves_what_they_take_and_nobody_twice"),
    (Mutant::UnnamedRows, On::Both, "sheets::reviews::each_row_names_its_file_and_the_trail_names_each_row"),
    (Mutant::UnmarkedRows, On::Both, "sheets::reviews::each_row_names_its_file_and_the_trail_names_each_row"),
    (Mutant::ClosedComeIn, On::Both, "leaving::whoever_is_in_a_closed_district_is_out"),
    (Mutant::UnexportedErased, On::Both, "leaving::whole_way::a_district_is_closed_handed_over_and_erased"),
    (Mutant::HalfErased, On::Both, "leaving::whole_way::a_district_is_closed_handed_over_and_erased"),
    (
        Mutant::SeenWhenRewritten,
        On::Postgres,
        "leaving::whole_way::a_district_is_closed_handed_over_and_erased",
    ),
    (Mutant::KeptTenantKey, On::Both, "leaving::whole_way::a_district_is_closed_handed_over_and_erased"),
    (Mutant::NoTenantKeys, On::Sqlite, "store::tenant_keys::without_the_key_of_a_tenant_nothing_of_it_opens"),
    (Mutant::LongOversight, On::Both, "oversight::giving::what_does_not_make_sense_is_given_to_nobody"),
    (Mutant::FreeWhenRight, On::Both, "oversight::ending::whoever_comes_all_the_time_is_told_to_wait"),
    (Mutant::OwnBuckets, On::Postgres, "redis::limits::two_servers_count_one_account_together"),
    (Mutant::OwnBuckets, On::Postgres, "redis::limits::two_servers_count_one_address_together"),
    (Mutant::HalfTaken, On::Postgres, "redis::limits::one_address_that_never_stops_keeps_nobody_else_out"),
    (Mutant::SessionSettings, On::Postgres, "tenancy::reuse::nothing_of_a_scope_stays_on_a_connection"),
    (Mutant::UnguardedBegin, On::Postgres, "tenancy::cancel::a_dropped_read_leaves_nothing_behind"),
    (Mutant::UnguardedBegin, On::Postgres, "tenancy::cancel::a_dropped_write_happens_whole_or_not_at_all"),
    (Mutant::ClearText, On::Both, "tenancy::canaries::a_hundred_canaries_are_nowhere_in_the_clear"),
    (Mutant::LoggedVariables, On::Both, "tenancy::canaries::a_hundred_canaries_are_nowhere_in_the_clear"),
    (
        Mutant::SharedBlind,
        On::Both,
        "store::blind::an_index_tells_that_two_of_one_column_are_equal_and_nothing_else",
    ),
    (Mutant::SharedBlind, On::Sqlite, "store::sealed::a_blind_index_finds_within_one_tenant_and_column"),
    (
        Mutant::UnsaidPurpose,
        On::Both,
        "personal::of_an_anonymous_report_nobody_is_read_and_another_purpose_is_said",
    ),
    (Mutant::ForgottenPurpose, On::Both, "personal::whoever_may_call_them_reads_a_reporter_whole"),
    (Mutant::EndlessLeave, On::Both, "oversight::ending::it_lasts_no_longer_than_its_time"),
    (Mutant::HastyTrail, On::Both, "audit::kept::what_is_old_enough_goes_and_the_rest_is_whole"),
    (Mutant::UnreadAnchor, On::Both, "audit::anchors::the_command_misses_an_end_that_the_anchor_alone_knows"),
];
