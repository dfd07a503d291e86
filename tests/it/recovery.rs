//! The recovery sheet, and what a muted instance says of itself.

use std::process::Command;

use guichet::db::instance;
use guichet::db::url::DatabaseUrl;
use guichet::domain::actor::Role;
use serde_json::Value;

use crate::audit::tree;
use crate::support::app::TestApp;

#[track_caller]
fn sheet(app: &TestApp, arguments: &[&str]) -> String {
    let config = app.config();
    let url = match &config.database_url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let output = Command::new(env!("CARGO_BIN_EXE_guichet"))
        .arg("recovery-sheet")
        .args(arguments)
        .env("GUICHET_DATA_DIR", &config.data_dir)
        .env("GUICHET_DATABASE_URL", url)
        .env("GUICHET_BASE_URL", config.base_url.as_str())
        .env("GUICHET_BACKUP_DIR", "/var/backups/guichet")
        .env_remove("GUICHET_CONFIG")
        .env_remove("GUICHET_MASTER_KEY")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[actix_web::test]
async fn the_sheet_says_where_everything_lies_and_never_the_key_unasked() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    app.happen(controller.id, 3).await;
    app.seal().await;
    let key = std::fs::read_to_string(&app.config().master_key_file).unwrap();
    let written = sheet(&app, &[]);
    assert!(!written.contains(key.trim()), "the key stands in it");
    let kept = app.kept(tree(&controller)).await;
    for wanted in [
        app.app.vault().fingerprint(),
        app.config().master_key_file.display().to_string(),
        app.config().checkpoint_dir.display().to_string(),
        app.config().data_dir.join("sealed").display().to_string(),
        app.key(tree(&controller)).to_string(),
        kept.root.to_base64(),
        "/var/backups/guichet/guichet-YYYY-MM-DD.backup".to_owned(),
        "guichet restore".to_owned(),
        "guichet unmute".to_owned(),
        "Fiche de reprise".to_owned(),
        "Recovery sheet".to_owned(),
    ] {
        assert!(written.contains(&wanted), "{wanted} in {written}");
    }
    let french = sheet(&app, &["--language", "fr"]);
    assert!(french.contains("Fiche de reprise") && !french.contains("Recovery sheet"));
    assert!(sheet(&app, &["--print-master-key"]).contains(key.trim()));
}

#[actix_web::test]
async fn a_muted_instance_says_so_to_the_probe_and_on_each_page_of_staff() {
    let app = TestApp::start().await;
    let controller = app.controller("maison").await;
    let dpo = app.user(&[(controller.id, Role::Dpo)]).await;
    let case = app.log_case(&dpo, &controller, |_| ()).await;
    let browser = crate::pages::browser(&app, &dpo).await;
    let pages = ["/".to_owned(), format!("/requests/{}", case.id), "/password".to_owned()];
    let muted = async || -> Value { app.anonymous().get("/readyz").await.expect(200).json() };
    assert_eq!(muted().await["muted"], false);
    for page in &pages {
        assert!(!browser.get(page).await.expect(200).text().contains("guichet unmute"), "{page}");
    }
    let since = Some(app.app.now().into());
    app.app.write(move |conn| Ok(instance::mute(conn, since)?)).await.unwrap();
    assert_eq!(muted().await["muted"], true);
    for page in &pages {
        assert!(browser.get(page).await.expect(200).text().contains("guichet unmute"), "{page}");
    }
    let outside = app.anonymous().get("/t/maison/en/").await.expect(200).text();
    assert!(!outside.contains("unmute"), "people outside are not told");
}

#[actix_web::test]
async fn the_fingerprint_is_compared_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let app = TestApp::start().await;
    let key = folder.path().join("master.key");
    std::fs::copy(&app.config().master_key_file, &key).unwrap();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_guichet"))
            .arg("recovery-sheet")
            .args(arguments)
            .env("GUICHET_DATA_DIR", folder.path())
            .env_remove("GUICHET_CONFIG")
            .env_remove("GUICHET_MASTER_KEY")
            .env_remove("GUICHET_DATABASE_URL")
            .output()
            .unwrap()
    };
    let printed = run(&["--fingerprint"]);
    assert_eq!(String::from_utf8(printed.stdout).unwrap().trim(), app.app.vault().fingerprint());
    // Of an instance that is not there nothing is printed, and nothing is made for it.
    assert!(!run(&[]).status.success());
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}
