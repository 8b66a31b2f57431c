//! Which test notices which fault of coming in: passwords, second factors, tokens, sessions, programs and whose word counts.

use fengqiao_domain::kernel::mutant::Mutant;

use super::table::{On, Row};

/// Controls of coming in.
pub(super) const ENTRY: &[Row] = &[
    (Mutant::MaskedTaken, On::Both, "identity::masked::what_was_masked_names_no_account"),
    (Mutant::KeptStanding, On::Both, "identity::revoke::a_socket_ends_with_a_grant_that_it_was_opened_with"),
    (
        Mutant::SilentRefusals,
        On::Both,
        "identity::lock_out::that_a_limit_turned_somebody_away_is_in_the_trail_once",
    ),
    (
        Mutant::SilentRefusals,
        On::Both,
        "identity::programs_refused::each_wrong_signature_is_in_the_trail_and_a_limit_is_told_as_one",
    ),
    (
        Mutant::SilentRefusals,
        On::Both,
        "identity::programs_refused::each_wrong_secret_is_in_the_trail_and_so_is_that_a_limit_turned_it_away",
    ),
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
    (
        Mutant::KeptPasswords,
        On::Both,
        "identity::residue::memory_holds_no_password_and_no_token_of_who_was_there",
    ),
    // A file of keys and no database.
    (
        Mutant::HastyTokenKeys,
        On::Sqlite,
        "identity::token_keys::a_key_verifies_before_it_signs_and_goes_when_what_it_signed_is_over",
    ),
    (Mutant::UnlearnedTokenKeys, On::Sqlite, "identity::token_keys::a_process_that_runs_learns_of_a_new_key"),
    (
        Mutant::AnyTokenFile,
        On::Sqlite,
        "identity::token_keys::a_file_of_another_deployment_is_not_taken_by_one_that_runs",
    ),
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
    (
        Mutant::NoReuseDetection,
        On::Both,
        "identity::refresh::reuse_after_the_successor_was_used_ends_the_session",
    ),
    (
        Mutant::NoReuseDetection,
        On::Both,
        "identity::refresh::a_hundred_who_show_one_token_at_once_leave_one_branch_at_most",
    ),
    // SQLite has one writer at a time.
    (
        Mutant::UnheldSession,
        On::Postgres,
        "identity::refresh::a_hundred_who_show_one_token_at_once_leave_one_branch_at_most",
    ),
    (
        Mutant::AnyAudience,
        On::Both,
        "identity::bad_tokens::whatever_is_wrong_with_a_token_is_told_as_one_and_the_same",
    ),
    (
        Mutant::WideHashing,
        On::Sqlite,
        "identity::storm::a_thousand_who_sign_in_at_once_take_no_more_memory_than_the_pool",
    ),
    (Mutant::WeakHashes, On::Both, "identity::hashing::a_weaker_hash_is_made_anew_when_its_owner_signs_in"),
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
    (
        Mutant::HastyStranger,
        On::Both,
        "identity::sign_in::an_unknown_account_takes_as_long_as_a_wrong_password",
    ),
    (
        Mutant::LastingPassword,
        On::Both,
        "identity::password::at_the_third_level_passwords_are_changed_every_ninety_days",
    ),
    (Mutant::NoIdleEnd, On::Both, "identity::refresh::a_token_that_lay_idle_or_is_none_is_refused"),
    (
        Mutant::NoSessionEnd,
        On::Both,
        "identity::refresh::a_session_that_is_refreshed_every_day_is_over_after_thirty",
    ),
    (
        Mutant::EndlessToken,
        On::Both,
        "identity::sign_in::a_password_opens_a_session_for_fifteen_minutes_at_most",
    ),
    (
        Mutant::EndlessToken,
        On::Both,
        "identity::bad_tokens::whatever_is_wrong_with_a_token_is_told_as_one_and_the_same",
    ),
    (
        Mutant::AnyTokenType,
        On::Both,
        "identity::bad_tokens::whatever_is_wrong_with_a_token_is_told_as_one_and_the_same",
    ),
    (
        Mutant::AnyAlgorithm,
        On::Both,
        "identity::bad_tokens::whatever_is_wrong_with_a_token_is_told_as_one_and_the_same",
    ),
];
