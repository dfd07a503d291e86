//! The tables, as both migration folders make them; a test proves the three equal.

diesel::table! {
    instance (id) {
        id -> Integer,
        instance_id -> Binary,
        key_check -> Binary,
        folder_mark -> Binary,
        created_at -> BigInt,
        muted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    controllers (id) {
        id -> Binary,
        slug -> Text,
        name -> Text,
        address -> Text,
        country -> Text,
        contact -> Text,
        authority -> Text,
        language -> Text,
        regime -> Text,
        calendar -> Text,
        roll_over -> Bool,
        time_zone -> Text,
        wrapped_key -> Binary,
        version -> BigInt,
        created_at -> BigInt,
        mail_from -> Nullable<Text>,
        mail_reply_to -> Nullable<Text>,
        mail_name -> Nullable<Text>,
        four_eyes -> Bool,
        least_level -> Text,
    }
}

diesel::table! {
    calendar_days (controller_id, day) {
        controller_id -> Binary,
        day -> Date,
        change -> Text,
        name -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Binary,
        email_index -> Binary,
        sealed_profile -> Binary,
        password_hash -> Text,
        must_change_password -> Bool,
        is_operator -> Bool,
        status -> Text,
        language -> Text,
        failed_sign_ins -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    memberships (user_id, controller_id, role) {
        user_id -> Binary,
        controller_id -> Binary,
        role -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Binary,
        user_id -> Binary,
        csrf_token -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        proved_at -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Binary,
        user_id -> Binary,
        key_hash -> Binary,
        label -> Text,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    requests (id) {
        id -> Binary,
        controller_id -> Binary,
        reference -> Text,
        status -> Text,
        channel -> Text,
        language -> Text,
        level -> Text,
        received_at -> BigInt,
        received_on -> Date,
        target_on -> Nullable<Date>,
        legal_on -> Nullable<Date>,
        conservative_on -> Date,
        due_on -> Date,
        queue_rank -> Integer,
        urgent_until -> Nullable<BigInt>,
        paused -> Bool,
        acknowledged_at -> Nullable<BigInt>,
        assignee_id -> Nullable<Binary>,
        ended_at -> Nullable<BigInt>,
        wrapped_key -> Nullable<Binary>,
        sealed_subject -> Nullable<Binary>,
        receipt_hash -> Binary,
        version -> BigInt,
        created_at -> BigInt,
        alert_at -> Nullable<BigInt>,
        held_at -> Nullable<BigInt>,
        awaits_person -> Bool,
        extended -> Bool,
    }
}

diesel::table! {
    request_rights (request_id, exercised) {
        controller_id -> Binary,
        request_id -> Binary,
        exercised -> Text,
        decision -> Text,
        target_on -> Nullable<Date>,
        legal_on -> Nullable<Date>,
        due_on -> Date,
    }
}

diesel::table! {
    search_terms (controller_id, term, request_id) {
        controller_id -> Binary,
        term -> Binary,
        request_id -> Binary,
    }
}

diesel::table! {
    events (id) {
        id -> Binary,
        controller_id -> Nullable<Binary>,
        request_id -> Nullable<Binary>,
        version -> BigInt,
        kind -> Text,
        at -> BigInt,
        actor -> Text,
        detail -> Text,
        sealed_detail -> Nullable<Binary>,
    }
}

diesel::table! {
    jobs (id) {
        id -> Binary,
        controller_id -> Nullable<Binary>,
        request_id -> Nullable<Binary>,
        kind -> Text,
        payload -> Text,
        state -> Text,
        run_at -> BigInt,
        attempts -> Integer,
        fence -> BigInt,
        leased_until -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    tasks (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Nullable<Binary>,
        kind -> Text,
        system -> Nullable<Text>,
        detail -> Text,
        created_at -> BigInt,
        done_at -> Nullable<BigInt>,
        done_by -> Nullable<Text>,
        alerted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency_keys (user_id, key_hash) {
        user_id -> Binary,
        key_hash -> Binary,
        body_hash -> Binary,
        status -> Integer,
        sealed_answer -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    data_maps (controller_id, version) {
        controller_id -> Binary,
        version -> BigInt,
        sealed_map -> Binary,
        created_by -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    live_checks (controller_id, map_version) {
        controller_id -> Binary,
        map_version -> BigInt,
        state -> Text,
        sealed_findings -> Nullable<Binary>,
        started_by -> Binary,
        started_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    systems (id) {
        id -> Binary,
        controller_id -> Binary,
        name -> Text,
        connector -> Text,
        sealed_connection -> Binary,
        test_state -> Text,
        test_detail -> Nullable<Text>,
        tested_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    files (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        purpose -> Text,
        sealed_name -> Nullable<Binary>,
        size_bytes -> BigInt,
        sha256 -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    searches (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        scope -> Text,
        map_version -> BigInt,
        started_by -> Binary,
        started_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    search_systems (search_id, system) {
        controller_id -> Binary,
        request_id -> Binary,
        search_id -> Binary,
        system -> Text,
        connector -> Text,
        outcome -> Text,
        detail -> Nullable<Text>,
        row_count -> BigInt,
        started_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    search_files (search_id, file_id) {
        controller_id -> Binary,
        request_id -> Binary,
        search_id -> Binary,
        file_id -> Binary,
        system -> Text,
        source_table -> Nullable<Text>,
        row_count -> BigInt,
    }
}

diesel::table! {
    packages (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        search_id -> Binary,
        exercised -> Text,
        language -> Text,
        state -> Text,
        complete -> Bool,
        sealed_reason -> Nullable<Binary>,
        file_id -> Nullable<Binary>,
        manifest -> Nullable<Text>,
        created_by -> Binary,
        created_at -> BigInt,
        built_at -> Nullable<BigInt>,
        released_by -> Nullable<Binary>,
        released_at -> Nullable<BigInt>,
        special -> Bool,
        delivery -> Nullable<Text>,
        delivered_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    call_codes (request_id) {
        request_id -> Binary,
        controller_id -> Binary,
        code_hash -> Binary,
        guesses -> Integer,
        made_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    identity_documents (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        channel -> Text,
        kind -> Text,
        size_bytes -> BigInt,
        wrapped_key -> Nullable<Binary>,
        content_index -> Nullable<Binary>,
        received_at -> BigInt,
        delete_by -> BigInt,
        removed_at -> Nullable<BigInt>,
        removal -> Nullable<Text>,
    }
}

diesel::table! {
    letter_codes (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        state -> Text,
        code_hash -> Nullable<Binary>,
        guesses -> Integer,
        address_index -> Nullable<Binary>,
        made_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    portal_sessions (token_hash) {
        token_hash -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        csrf_token -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        is_proved -> Bool,
        sealed_sign_in -> Nullable<Binary>,
    }
}

diesel::table! {
    identity_providers (controller_id) {
        controller_id -> Binary,
        sealed_settings -> Binary,
        discovered -> Nullable<Text>,
        test_state -> Text,
        test_detail -> Nullable<Text>,
        tested_at -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    letter_texts (controller_id, letter, language, version) {
        controller_id -> Binary,
        letter -> Text,
        language -> Text,
        version -> BigInt,
        text -> Nullable<Text>,
        created_by -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    mails (id) {
        id -> Binary,
        controller_id -> Nullable<Binary>,
        request_id -> Nullable<Binary>,
        purpose -> Text,
        sealed_message -> Binary,
        message_id -> Text,
        state -> Text,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        run_after -> BigInt,
        useful_until -> Nullable<BigInt>,
        created_at -> BigInt,
        sent_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_trees (id) {
        id -> Binary,
        controller_id -> Nullable<Binary>,
        origin -> Text,
        size -> BigInt,
        edge -> Binary,
        fence -> BigInt,
    }
}

diesel::table! {
    contacts (request_id) {
        request_id -> Binary,
        controller_id -> Binary,
        outcome -> Text,
        sealed_email -> Nullable<Binary>,
        changed_at -> Nullable<BigInt>,
        looked_up_at -> BigInt,
        address_index -> Nullable<Binary>,
    }
}

diesel::table! {
    contact_conditions (controller_id, address_index) {
        controller_id -> Binary,
        address_index -> Binary,
        condition -> Text,
        declared_at -> BigInt,
    }
}

diesel::table! {
    audit_leaves (tree_id, number) {
        tree_id -> Binary,
        number -> BigInt,
        event_id -> Binary,
        leaf_hash -> Binary,
        sealed_sha256 -> Nullable<Binary>,
        numbered_at -> BigInt,
    }
}

diesel::table! {
    codes (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        session_hash -> Binary,
        state -> Text,
        code_hash -> Nullable<Binary>,
        guesses -> Integer,
        asked_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_nodes (tree_id, level, position) {
        tree_id -> Binary,
        level -> Integer,
        position -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    alerts (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Nullable<Binary>,
        kind -> Text,
        about -> Text,
        told -> Bool,
        raised_at -> BigInt,
    }
}

diesel::table! {
    code_sendings (code_id) {
        code_id -> Binary,
        address_index -> Binary,
        sent_at -> BigInt,
    }
}

diesel::table! {
    alert_readers (alert_id, user_id) {
        alert_id -> Binary,
        user_id -> Binary,
        mailed_at -> Nullable<BigInt>,
        mail_id -> Nullable<Binary>,
    }
}

diesel::table! {
    audit_checkpoints (tree_id, size) {
        tree_id -> Binary,
        size -> BigInt,
        note -> Text,
        signed_at -> BigInt,
    }
}

diesel::table! {
    letters (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        letter -> Text,
        language -> Text,
        state -> Text,
        version -> BigInt,
        text_version -> BigInt,
        sealed_text -> Nullable<Binary>,
        sha256 -> Nullable<Binary>,
        delivery -> Nullable<Text>,
        created_by -> Binary,
        created_at -> BigInt,
        sent_by -> Nullable<Binary>,
        sent_at -> Nullable<BigInt>,
        printed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    withholdings (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Binary,
        system -> Text,
        source_table -> Text,
        column_name -> Nullable<Text>,
        extent -> Text,
        exemption -> Text,
        state -> Text,
        sealed_spot -> Nullable<Binary>,
        created_by -> Binary,
        created_at -> BigInt,
        ended_by -> Nullable<Binary>,
        ended_at -> Nullable<BigInt>,
        matched_search_id -> Nullable<Binary>,
        matched_rows -> Nullable<BigInt>,
    }
}

diesel::table! {
    checkpoint_deliveries (id) {
        id -> Binary,
        tree_id -> Binary,
        size -> BigInt,
        channel -> Text,
        state -> Text,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    retention_settings (controller_id, version) {
        controller_id -> Binary,
        version -> BigInt,
        case_months -> Integer,
        working_copy_days -> Integer,
        package_days -> Integer,
        justification -> Text,
        created_by -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    breaches (id) {
        id -> Binary,
        controller_id -> Binary,
        request_id -> Nullable<Binary>,
        event_version -> Nullable<BigInt>,
        kind -> Text,
        risk -> Text,
        aware_at -> BigInt,
        limit_at -> Nullable<BigInt>,
        decision -> Text,
        notified_at -> Nullable<BigInt>,
        informed_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        sealed_record -> Binary,
        sealed_awareness -> Nullable<Binary>,
        version -> BigInt,
        created_by -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    breach_notices (breach_id, number) {
        breach_id -> Binary,
        number -> BigInt,
        sent_at -> BigInt,
        sealed_notice -> Binary,
        created_by -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    backups (id) {
        id -> Binary,
        day -> Text,
        state -> Text,
        file -> Nullable<Text>,
        size_bytes -> Nullable<BigInt>,
        row_count -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    instance,
    controllers,
    calendar_days,
    users,
    memberships,
    sessions,
    api_keys,
    requests,
    request_rights,
    search_terms,
    events,
    jobs,
    tasks,
    idempotency_keys,
    data_maps,
    systems,
    files,
    searches,
    search_systems,
    search_files,
    packages,
    call_codes,
    letter_codes,
    identity_documents,
    portal_sessions,
    identity_providers,
    contacts,
    contact_conditions,
    codes,
    code_sendings,
    mails,
    alerts,
    alert_readers,
    audit_trees,
    audit_leaves,
    audit_nodes,
    audit_checkpoints,
    checkpoint_deliveries,
    backups,
);

diesel::allow_tables_to_appear_in_same_query!(retention_settings, breaches, breach_notices,);

diesel::joinable!(memberships -> users (user_id));
diesel::joinable!(alert_readers -> alerts (alert_id));
