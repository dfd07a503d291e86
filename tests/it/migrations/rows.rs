//! Rows that the fixtures hold of tables whose verbs need a worker or a browser.

use guichet::domain::ids::{ControllerId, RequestId, UserId};
use guichet::vault::ControllerKey;
use guichet::vault::place::Place as SealedPlace;

use super::hex;

/// Rows of tables that other rooms fill, as far as the schema alone says what they are.
pub fn without_verbs(
    controller: ControllerId,
    request: RequestId,
    user: UserId,
    key: &ControllerKey,
) -> Vec<String> {
    let sealed = |table, column| {
        let place = SealedPlace::new(table, column, controller.uuid());
        hex(&key.key().seal(&place, b"made up").unwrap())
    };
    let letter = sealed("letters", "sealed_text");
    let (map, connection) =
        (sealed("data_maps", "sealed_map"), sealed("systems", "sealed_connection"));
    let findings = sealed("live_checks", "sealed_findings");
    let spot = sealed("withholdings", "sealed_spot");
    let (controller, request, user) =
        (hex(controller.as_bytes()), hex(request.as_bytes()), hex(user.as_bytes()));
    let id = |last: u8| hex(&[[9; 15].as_slice(), &[last]].concat());
    let (system, file, search, package) = (id(1), id(2), id(3), id(4));
    let (written, withheld) = (id(6), id(7));
    vec![
        format!(
            "INSERT INTO data_maps (controller_id, version, sealed_map, created_by, created_at) \
             VALUES ({controller}, 1, {map}, {user}, 1)"
        ),
        format!(
            "INSERT INTO live_checks (controller_id, map_version, state, sealed_findings, \
             started_by, started_at, ended_at) \
             VALUES ({controller}, 1, 'done', {findings}, {user}, 1, 2)"
        ),
        format!(
            "INSERT INTO systems (id, controller_id, name, connector, sealed_connection, \
             test_state, version, created_at) \
             VALUES ({system}, {controller}, 'boutique', 'postgresql', {connection}, 'untested', 1, 1)"
        ),
        format!(
            "INSERT INTO files (id, controller_id, request_id, purpose, size_bytes, sha256, \
             created_at) VALUES ({file}, {controller}, {request}, 'rows', 12, X'00ff', 1)"
        ),
        format!(
            "INSERT INTO searches (id, controller_id, request_id, scope, map_version, started_by, \
             started_at) VALUES ({search}, {controller}, {request}, 'full', 1, {user}, 1)"
        ),
        format!(
            "INSERT INTO search_systems (controller_id, request_id, search_id, system, connector, \
             outcome, row_count) \
             VALUES ({controller}, {request}, {search}, 'boutique', 'postgresql', 'found', 2)"
        ),
        format!(
            "INSERT INTO search_files (controller_id, request_id, search_id, file_id, system, \
             source_table, row_count) \
             VALUES ({controller}, {request}, {search}, {file}, 'boutique', 'orders', 2)"
        ),
        format!(
            "INSERT INTO letter_texts (controller_id, letter, language, version, text, created_by, \
             created_at) VALUES ({controller}, 'CLOSE-W', 'fr', 1, '{{withdrawn}} {{reopening}}', \
             {user}, 1)"
        ),
        format!(
            "INSERT INTO letters (id, controller_id, request_id, letter, language, state, version, \
             text_version, sealed_text, sha256, delivery, created_by, created_at, sent_by, sent_at) \
             VALUES ({written}, {controller}, {request}, 'ACK', 'fr', 'sent', 2, 0, {letter}, \
             X'00ff', 'portal', {user}, 1, {user}, 2)"
        ),
        format!(
            "INSERT INTO packages (id, controller_id, request_id, search_id, exercised, language, \
             state, complete, file_id, created_by, created_at, special, delivery, delivered_at) \
             VALUES ({package}, {controller}, {request}, {search}, 'access', 'fr', 'built', TRUE, \
             {file}, {user}, 1, TRUE, 'counter', 3)"
        ),
        withholding((&controller, &request, &user), (&withheld, &search, &spot)),
    ]
}

/// A checkpoint that went out, and a backup that was made.
pub fn of_a_night(controller: ControllerId) -> Vec<String> {
    let tree = hex(controller.as_bytes());
    let id = |last: u8| hex(&[[9; 15].as_slice(), &[last]].concat());
    let (delivery, backup) = (id(7), id(8));
    vec![
        format!(
            "INSERT INTO checkpoint_deliveries (id, tree_id, size, channel, state, created_at, \
             ended_at) VALUES ({delivery}, {tree}, 2, 'webhook', 'sent', 1, 2)"
        ),
        format!(
            "INSERT INTO backups (id, day, state, file, size_bytes, row_count, created_at, \
             ended_at) VALUES ({backup}, '2026-11-22', 'done', 'guichet-2026-11-22.backup', 9, 8, \
             1, 2)"
        ),
    ]
}

/// A visit to the portal, with the contact and the code that it asked for.
pub fn of_a_visit(
    controller: ControllerId,
    request: RequestId,
    key: &ControllerKey,
) -> Vec<String> {
    let place = SealedPlace::new("contacts", "sealed_email", controller.uuid());
    let contact = hex(&key.key().seal(&place, b"made up").unwrap());
    let place = SealedPlace::of_text("portal_sessions", "sealed_sign_in", "0a0b");
    let sign_in = hex(&key.key().seal(&place, b"made up").unwrap());
    let place = SealedPlace::new("identity_providers", "sealed_settings", controller.uuid());
    let provider = hex(&key.key().seal(&place, b"made up").unwrap());
    let (controller, request) = (hex(controller.as_bytes()), hex(request.as_bytes()));
    let code = hex(&[[9; 15].as_slice(), &[5]].concat());
    vec![
        format!(
            "INSERT INTO portal_sessions (token_hash, controller_id, request_id, csrf_token, \
             created_at, seen_at, expires_at, sealed_sign_in) \
             VALUES (X'0a0b', {controller}, {request}, 'csrf', 1, 2, 3, {sign_in})"
        ),
        format!(
            "INSERT INTO identity_providers (controller_id, sealed_settings, discovered, \
             test_state, tested_at, version, created_at) \
             VALUES ({controller}, {provider}, '{{}}', 'ok', 2, 3, 1)"
        ),
        format!(
            "INSERT INTO contacts (request_id, controller_id, outcome, sealed_email, changed_at, \
             looked_up_at, address_index) \
             VALUES ({request}, {controller}, 'one', {contact}, 1, 2, X'0e0f')"
        ),
        format!(
            "INSERT INTO contact_conditions (controller_id, address_index, condition, \
             declared_at) VALUES ({controller}, X'0e0f', 'unsafe', 3)"
        ),
        format!(
            "INSERT INTO codes (id, controller_id, request_id, session_hash, state, code_hash, \
             guesses, asked_at, expires_at, ended_at) \
             VALUES ({code}, {controller}, {request}, X'0a0b', 'used', X'0c0d', 2, 1, 3, 2)"
        ),
        format!(
            "INSERT INTO call_codes (request_id, controller_id, code_hash, guesses, made_at, \
             expires_at) VALUES ({request}, {controller}, X'0c0d', 1, 1, 3)"
        ),
        format!(
            "INSERT INTO letter_codes (id, controller_id, request_id, state, code_hash, guesses, \
             address_index, made_at, expires_at, ended_at) \
             VALUES ({code}, {controller}, {request}, 'used', X'0c0d', 2, X'0e0f', 1, 3, 2)"
        ),
        format!(
            "INSERT INTO identity_documents (id, controller_id, request_id, channel, kind, \
             size_bytes, wrapped_key, content_index, received_at, delete_by, removed_at, removal) \
             VALUES ({code}, {controller}, {request}, 'letter', 'jpeg', 9, NULL, X'0e0f', 1, 4, 2, \
             'decided')"
        ),
        format!(
            "INSERT INTO code_sendings (code_id, address_index, sent_at) \
             VALUES ({code}, X'0e0f', 1)"
        ),
    ]
}

/// Settings, a breach of a case, and what was told of it.
pub fn of_keeping(
    controller: ControllerId,
    request: RequestId,
    user: UserId,
    key: &ControllerKey,
) -> Vec<String> {
    let sealed = |table, column| {
        let place = SealedPlace::new(table, column, controller.uuid());
        hex(&key.key().seal(&place, b"made up").unwrap())
    };
    let (record, notice) =
        (sealed("breaches", "sealed_record"), sealed("breach_notices", "sealed_notice"));
    let awareness = sealed("breaches", "sealed_awareness");
    let (controller, request, user) =
        (hex(controller.as_bytes()), hex(request.as_bytes()), hex(user.as_bytes()));
    let breach = hex(&[[9; 15].as_slice(), &[7]].concat());
    vec![
        format!(
            "INSERT INTO retention_settings (controller_id, version, case_months, \
             working_copy_days, package_days, justification, created_by, created_at) \
             VALUES ({controller}, 1, 48, 20, 30, 'quatre ans', {user}, 1)"
        ),
        format!(
            "INSERT INTO breaches (id, controller_id, request_id, event_version, kind, risk, \
             aware_at, limit_at, decision, notified_at, informed_at, closed_at, sealed_record, \
             sealed_awareness, version, created_by, created_at) \
             VALUES ({breach}, {controller}, {request}, 1, 'confidentiality', 'high', 1, 2, \
             'notified', 2, 3, 4, {record}, {awareness}, 2, {user}, 1)"
        ),
        format!(
            "INSERT INTO breach_notices (breach_id, number, sent_at, sealed_notice, \
             created_by, created_at) VALUES ({breach}, 1, 2, {notice}, {user}, 1)"
        ),
    ]
}

/// A value that is withheld.
fn withholding(
    (controller, request, user): (&str, &str, &str),
    (withheld, search, spot): (&str, &str, &str),
) -> String {
    format!(
        "INSERT INTO withholdings (id, controller_id, request_id, system, source_table, \
             column_name, extent, exemption, state, sealed_spot, created_by, created_at, \
             matched_search_id, matched_rows) \
             VALUES ({withheld}, {controller}, {request}, 'boutique', 'orders', 'note', 'value', \
             'rights_of_others', 'held', {spot}, {user}, 1, {search}, 1)"
    )
}
