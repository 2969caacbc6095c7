//! Every route.

use super::{
    Web, access, account, dialogues, erasure, error, export, gzip, health, media, metrics, openapi, report,
    review, token, upkeep,
};
use axum::routing::{delete, get, post};
use axum::serve::ListenerExt;
use axum::{Router, middleware};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Serves until `stop` says so, then finishes what is in hand.
///
/// # Errors
/// Those of the listener.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    // Who is at the other end of the connection: limits are counted for each address.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    // What is written goes at once: a page in two pieces would else wait 40 ms for the other end's acknowledgement.
    let listener = listener.tap_io(|connection| _ = connection.set_nodelay(true));
    axum::serve(listener, app).with_graceful_shutdown(stopped).await
}

/// The whole surface; `channels` are the routes that channels bring, without a fallback of their own.
pub fn router(web: Web, channels: Router) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::text))
        .route("/v1/dialogues", get(dialogues::list))
        .route("/v1/dialogues/{institution}/{dialogue}/responses.csv", get(export::csv))
        .route("/v1/dialogues/{institution}/{dialogue}/responses.ndjson", get(export::ndjson))
        .route("/v1/dialogues/{institution}/{dialogue}/responses.json", get(export::json))
        .route("/v1/dialogues/{institution}/{dialogue}/responses.xlsx", get(export::xlsx))
        .route("/v1/dialogues/{institution}/{dialogue}/codebook.json", get(dialogues::codebook_json))
        .route("/v1/dialogues/{institution}/{dialogue}/codebook.csv", get(dialogues::codebook_csv))
        .route("/v1/dialogues/{institution}/{dialogue}/report.json", get(report::json))
        .route("/v1/dialogues/{institution}/{dialogue}/media/{id}", get(media::file))
        .route("/report/{institution}/{dialogue}", get(report::html))
        .route("/v1/openapi.json", get(openapi::document))
        .route("/v1/docs", get(openapi::page))
        .route("/v1/operator/tokens", get(token::list).post(token::create))
        .route("/v1/operator/tokens/{name}", delete(token::revoke))
        .route("/v1/operator/backup", post(upkeep::backup))
        .route("/v1/operator/key/rotate", post(upkeep::rotate))
        .route("/v1/operator/retention", post(upkeep::retention))
        .route("/v1/operator/erase", post(erasure::erase))
        .route("/v1/operator/receipts/{number}", get(erasure::receipt))
        .route("/v1/operator/access", get(access::list))
        .route("/v1/operator/account", get(account::year))
        .route("/v1/operator/given-back", post(account::given_back))
        .route("/v1/operator/published", get(upkeep::published))
        .route("/v1/operator/review", get(review::list).post(review::decide))
        .with_state(Arc::new(web))
        .layer(middleware::from_fn(gzip::pack))
        .merge(channels)
        .method_not_allowed_fallback(error::no_such_method)
        .fallback(error::no_such_route)
}
