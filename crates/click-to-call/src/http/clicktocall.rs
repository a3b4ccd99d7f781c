//! `/clicktocall.html` and `/index.html`: the interface of older click-to-call servers, with their
//! words, so that clients written for them go on working. Always answered 200; unlike theirs, what
//! the user sent is escaped.

use super::Front;
use super::escape::Html;
use super::query::Parameters;
use super::refuse;
use super::status::uncached;
use crate::config::GetInterface;
use crate::web::is_cross_site;
use crate::{CallRequest, Refused};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

/// `GET /clicktocall.html?initiator=&destination=&anchor=`.
pub(super) async fn place(State(front): State<Front>, headers: HeaderMap, uri: Uri) -> Response {
    match front.settings.get_interface {
        GetInterface::Off => {
            return refuse(
                &uri,
                StatusCode::NOT_FOUND,
                "not_found",
                "This interface is switched off.",
            );
        }
        GetInterface::SameSite if is_cross_site(&headers) => {
            let paragraph = "Calls from pages of other sites are switched off.".to_owned();
            return call_page(&[paragraph]);
        }
        GetInterface::SameSite | GetInterface::AnySite => {}
    }
    let asked = Parameters::parse(uri.query().unwrap_or_default());
    let first = format!(
        "<em>ClickToCall:</em> initiator={}, destination={}{}",
        Html(&asked.initiator),
        Html(&asked.destination),
        if asked.anchor { " (anchored)" } else { "" }
    );
    let placed = front
        .core
        .place(CallRequest {
            initiator: asked.initiator.clone(),
            destination: asked.destination.clone(),
            anchor: asked.anchor,
        })
        .await;
    let (second, id) = match &placed {
        Ok(call) => (
            // Whatever was asked for, the call is anchored.
            format!(
                "Initiating ClickToCall from {}({}) to {}({}) (anchored)...",
                Html(&call.initiator.uri),
                Html(&asked.initiator),
                Html(&call.destination.uri),
                Html(&asked.destination),
            ),
            Some(call.id.as_str()),
        ),
        Err(refused) => (refusal(refused, &asked), None),
    };
    let mut response = call_page(&[first, second]);
    // Where to follow the call, for clients that know of it.
    if let Some(link) = id
        .map(|id| format!("</api/v1/calls/{id}>; rel=\"monitor\""))
        .and_then(|link| HeaderValue::from_str(&link).ok())
    {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// `GET /index.html`, open to all.
pub(super) async fn index() -> Response {
    wrapped(
        "ClickToCall Server Login",
        "<h1>Click-To-Call HTML Server</h1>\n<p><a href=\"/\">Place a call</a></p>",
    )
}

fn refusal(refused: &Refused, asked: &Parameters) -> String {
    let (initiator, destination) = (Html(&asked.initiator), Html(&asked.destination));
    match refused {
        Refused::Missing(_) => "Missing initiator or destination URL parameters.".to_owned(),
        Refused::NoRule(_) => format!(
            "No translation rule for either initiator {initiator} or destination {destination}."
        ),
        Refused::Address { problem, .. } => format!(
            "Invalid URI format in initiator {initiator} or destination {destination}: {}",
            Html(&problem.to_string())
        ),
        Refused::TooManyCalls { .. } | Refused::TooFast { .. } | Refused::Stopping => {
            format!("Call refused: {}.", Html(&refused.to_string()))
        }
    }
}

fn call_page(paragraphs: &[String]) -> Response {
    let mut body = String::new();
    for paragraph in paragraphs {
        body.push_str("<p>");
        body.push_str(paragraph);
        body.push_str("</p>\n");
    }
    wrapped("ClickToCall Server", &body)
}

fn wrapped(title: &str, body: &str) -> Response {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \
         \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\">\n\
         <head><title>{title}</title></head>\n<body>\n{body}</body>\n</html>\n"
    );
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = uncached(text.into_response());
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}
