//! Which test notices which fault of access: who signs in, who sees what, and what is written down about it.

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
    (Mutant::MaskedTaken, On::Both, "identity::masked::what_was_masked_names_no_account"),
    (Mutant::MaskedTaken, On::Both, "staff::members::an_update_tells_what_is_absent_from_what_is_null"),
    (Mutant::MaskedTaken, On::Both, "sheets::imports::a_masked_name_in_a_file_takes_nobodys_place"),
    (
        Mutant::MixedPosts,
        On::Both,
        "roles::grid_chief::several_posts_add_up_and_none_lends_what_it_allows_to_another",
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
    (Mutant::TellingRoster, On::Both, "sheets::imports::a_file_tells_nobody_whose_number_is_whose_elsewhere"),
    (
        Mutant::ScoreForEverybody,
        On::Both,
        "roles::grid_instructor::an_instructor_sends_back_scores_and_closes_nothing",
    ),
    (Mutant::SilentReveal, On::Both, "personal::whoever_may_call_them_reads_a_reporter_whole"),
    (
        Mutant::EndedSession,
        On::Both,
        "identity::meanwhile::whoever_is_shut_out_while_they_confirm_a_second_factor_has_none",
    ),
    (Mutant::EndlessSecret, On::Both, "identity::programs::one_secret_takes_the_others_place_without_a_gap"),
    (
        Mutant::SecretsOutlive,
        On::Both,
        "identity::programs::a_secret_is_for_a_program_and_given_by_whoever_could_grant_all_of_it",
    ),
    (Mutant::FreeWhenRight, On::Both, "identity::programs::a_program_is_given_so_many_tokens_and_no_more"),
    (Mutant::ThirdSecret, On::Both, "identity::programs::one_secret_takes_the_others_place_without_a_gap"),
    (
        Mutant::SecretOfAPerson,
        On::Both,
        "identity::programs::a_secret_is_for_a_program_and_given_by_whoever_could_grant_all_of_it",
    ),
    (Mutant::ProviderOpensAll, On::Both, "federation::linking::a_providers_word_makes_no_administrator"),
    (Mutant::LinksOutlive, On::Both, "federation::linking::whoever_is_shut_out_is_known_to_nobody"),
    (
        Mutant::LinkWithoutPassword,
        On::Both,
        "federation::linking::nobody_links_themselves_without_the_password",
    ),
    (
        Mutant::LinkWithoutPassword,
        On::Both,
        "federation::linking::a_password_that_changes_meanwhile_links_nobody",
    ),
    (Mutant::AnyLoginCode, On::Both, "federation::wechat::nobody_is_asked_about_what_is_no_code"),
    (
        Mutant::AnyJwt,
        On::Both,
        "federation::oidc::a_token_that_is_not_for_this_district_just_now_opens_nothing",
    ),
    (Mutant::UnaskedKeys, On::Both, "federation::oidc::a_key_that_nobody_could_ask_for_is_no_wrong_proof"),
    (Mutant::RepeatedIdToken, On::Both, "federation::oidc::an_id_token_opens_one_session"),
    (
        Mutant::UnpinnedIssuer,
        On::Both,
        "federation::oidc::a_token_that_is_not_for_this_district_just_now_opens_nothing",
    ),
    (
        Mutant::AnyClaims,
        On::Both,
        "federation::oidc::a_token_that_is_not_for_this_district_just_now_opens_nothing",
    ),
    (
        Mutant::UnsignedIdToken,
        On::Both,
        "federation::oidc::a_token_that_the_issuer_did_not_sign_opens_nothing",
    ),
    (Mutant::EagerKeys, On::Both, "federation::oidc::keys_follow_the_issuer_and_no_stranger"),
    (Mutant::LostKeys, On::Both, "federation::oidc::keys_count_for_a_day_when_the_issuer_is_away"),
    (Mutant::CrowdedToken, On::Both, "federation::token::all_processes_share_one_token"),
    (Mutant::HastyForce, On::Both, "federation::token::another_token_is_forced_seldom"),
    (
        Mutant::OpenRegistration,
        On::Both,
        "federation::registering::nobody_registers_by_a_mini_program_that_is_not_open_to_residents",
    ),
    (
        Mutant::DisabledReturn,
        On::Both,
        "federation::linking::whoever_is_disabled_comes_back_by_no_other_account",
    ),
    (Mutant::OverseerWrites, On::Both, "oversight::writing::whoever_oversees_changes_nothing"),
    (Mutant::OverseerAtHome, On::Both, "oversight::ending::without_a_session_at_home_the_account_is_nobody"),
    (Mutant::ForgottenHome, On::Both, "oversight::ending::whatever_ends_the_session_at_home_ends_it_here"),
    (Mutant::SilentOversight, On::Both, "oversight::reading::each_coming_is_in_the_trails_of_both_districts"),
    (Mutant::LongOversight, On::Both, "oversight::giving::what_does_not_make_sense_is_given_to_nobody"),
    (Mutant::WholeClient, On::Both, "identity::programs::with_a_narrow_secret_nothing_else_is_done"),
    (Mutant::EitherProof, On::Both, "identity::programs::whatever_is_wrong_is_told_as_one_and_the_same"),
    (
        Mutant::UnsignedClient,
        On::Both,
        "identity::programs::what_is_signed_counts_once_in_its_time_for_its_own_body",
    ),
    (
        Mutant::OldSignature,
        On::Both,
        "identity::programs::what_is_signed_counts_once_in_its_time_for_its_own_body",
    ),
    (
        Mutant::RepeatedSignature,
        On::Both,
        "identity::programs::what_is_signed_counts_once_in_its_time_for_its_own_body",
    ),
    (
        Mutant::NoAddressLimit,
        On::Both,
        "identity::programs::from_one_address_secrets_are_not_tried_without_end",
    ),
    (
        Mutant::NoSignInLimit,
        On::Both,
        "identity::lock_out::an_account_is_tried_so_often_from_however_many_addresses",
    ),
    (
        Mutant::NoAddressLimit,
        On::Both,
        "identity::lock_out::whoever_guesses_from_one_address_keeps_nobody_else_out",
    ),
    (
        Mutant::NoDeviceLimit,
        On::Both,
        "identity::devices::on_a_known_device_passwords_are_not_guessed_either",
    ),
    (Mutant::NoKnownDevice, On::Both, "identity::devices::the_owner_gets_in_at_once_on_a_device_of_before"),
    (Mutant::AnyDevice, On::Both, "identity::devices::nothing_else_makes_a_device_known"),
    (
        Mutant::FreeWhenRight,
        On::Both,
        "identity::lock_out::nobody_has_passwords_looked_at_without_end_by_showing_their_own",
    ),
    (
        Mutant::LostDrops,
        On::Both,
        "identity::hashing::one_account_does_not_fill_the_pool_and_what_it_is_refused_costs_nothing",
    ),
    (
        Mutant::NoPlaces,
        On::Both,
        "identity::hashing::one_account_does_not_fill_the_pool_and_what_it_is_refused_costs_nothing",
    ),
    (Mutant::HungUp, On::Both, "identity::hashing::whoever_hangs_up_is_counted_and_loses_nothing"),
    (
        Mutant::TokenTells,
        On::Both,
        "identity::hashing::a_token_is_looked_up_whether_or_not_there_is_an_account",
    ),
    (
        Mutant::StaleLook,
        On::Both,
        "identity::meanwhile::whoever_is_shut_out_while_a_password_is_looked_at_is_not_let_in",
    ),
    // SQLite has one writer at a time.
    (
        Mutant::EarlyEnd,
        On::Postgres,
        "identity::meanwhile::whoever_ends_sessions_ends_what_was_opened_while_they_waited",
    ),
    (
        Mutant::EarlyEnd,
        On::Postgres,
        "identity::meanwhile::whoever_ends_a_second_factor_ends_what_was_opened_while_they_waited",
    ),
    (
        Mutant::LapsedKept,
        On::Both,
        "identity::sessions::of_sessions_that_lapsed_the_devices_are_known_no_longer",
    ),
    (Mutant::NoCodeLimit, On::Both, "identity::second_factor::codes_are_not_guessed_and_the_owner_gets_in"),
    (Mutant::AnyCode, On::Both, "identity::second_factor::with_a_second_factor_signing_in_wants_a_code"),
    (
        Mutant::ReplayedCode,
        On::Both,
        "identity::second_factor::a_code_counts_once_and_one_step_early_or_late",
    ),
    (Mutant::LastingRecovery, On::Both, "identity::second_factor_lost::a_recovery_code_counts_once"),
    (
        Mutant::CountedRecovery,
        On::Both,
        "identity::password_given::a_recovery_code_is_not_held_up_by_guesses",
    ),
    (
        Mutant::AnyKinds,
        On::Both,
        "identity::password::a_new_password_takes_the_place_of_the_present_one_and_ends_other_sessions",
    ),
    (
        Mutant::GuessedPassword,
        On::Both,
        "identity::password_given::a_given_password_opens_a_session_only_together_with_an_own_one",
    ),
    (Mutant::UsedPassword, On::Both, "identity::password::none_of_the_last_five_is_set_again"),
    (
        Mutant::GivenStays,
        On::Both,
        "identity::password_given::a_given_password_opens_a_session_only_together_with_an_own_one",
    ),
    (
        Mutant::LastingGift,
        On::Both,
        "identity::password_given::whoever_forgot_theirs_is_given_another_that_lapses",
    ),
    (
        Mutant::SessionsOfBefore,
        On::Both,
        "identity::password::a_new_password_takes_the_place_of_the_present_one_and_ends_other_sessions",
    ),
    (
        Mutant::EarlierSessions,
        On::Both,
        "identity::second_factor::what_was_opened_with_the_password_alone_ends_when_a_second_factor_counts",
    ),
    (
        Mutant::OwnReset,
        On::Both,
        "identity::second_factor_lost::the_security_administrator_ends_a_lost_one_and_nobody_else_does",
    ),
    (
        Mutant::NoFactorAsked,
        On::Both,
        "identity::second_factor_required::administrators_hold_nothing_without_a_second_factor",
    ),
    (Mutant::AnyProxy, On::Both, "identity::lock_out::nobody_says_themselves_from_where_they_call"),
    (Mutant::OwnBuckets, On::Postgres, "redis::limits::two_servers_count_one_account_together"),
    (Mutant::OwnBuckets, On::Postgres, "redis::limits::two_servers_count_one_address_together"),
    (Mutant::HalfTaken, On::Postgres, "redis::limits::one_address_that_never_stops_keeps_nobody_else_out"),
    (Mutant::SessionSettings, On::Postgres, "tenancy::reuse::nothing_of_a_scope_stays_on_a_connection"),
    (Mutant::UnguardedBegin, On::Postgres, "tenancy::cancel::a_dropped_read_leaves_nothing_behind"),
    (Mutant::UnguardedBegin, On::Postgres, "tenancy::cancel::a_dropped_write_happens_whole_or_not_at_all"),
    (
        Mutant::NoReuseDetection,
        On::Both,
        "identity::refresh::reuse_after_the_successor_was_used_ends_the_session",
    ),
    (Mutant::NoGrantLimit, On::Both, "identity::grants::a_town_grants_in_the_town_only"),
    (
        Mutant::NoAdministered,
        On::Both,
        "identity::administered::a_towns_administrator_knows_the_towns_people_alone",
    ),
    (
        Mutant::NoSeparation,
        On::Both,
        "identity::grants::security_administrators_grant_what_they_do_not_hold_but_nothing_to_themselves",
    ),
    (
        Mutant::NoMutualProtection,
        On::Both,
        "identity::disable::a_separated_administrator_is_not_shut_out_by_another",
    ),
];
