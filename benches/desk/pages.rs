//! The pages of a call, as a script without a mirror would fetch them: what any way of reading it takes.

use ds_emulator::Emulator;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../graphql/demarche_page.graphql");

/// Downloads every page, one after the other; what is done of each is the caller's.
pub async fn download(emulator: &Emulator, client: &reqwest::Client, mut each: impl FnMut(String)) {
    let mut after = Value::Null;
    loop {
        let variables = json!({
            "demarche": 12345, "first": 100, "after": after, "withDossiers": true, "withDemarche": false,
            "withPending": false, "withDeleted": false,
        });
        let body = json!({ "query": PAGE, "operationName": "DemarchePage", "variables": variables });
        let request = client.post(emulator.url()).bearer_auth(emulator.token());
        let request = request.header("content-type", "application/json").body(body.to_string());
        let page = request.send().await.unwrap().text().await.unwrap();
        // The end of the page is all that a bare downloader looks at.
        let parsed: Value = serde_json::from_str(&page).unwrap();
        let info = &parsed["data"]["demarche"]["dossiers"]["pageInfo"];
        after = info["endCursor"].clone();
        let is_last = info["hasNextPage"] != true;
        each(page);
        if is_last {
            return;
        }
    }
}
