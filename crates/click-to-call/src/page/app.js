"use strict";

// The page of the click-to-call server. What the server or the user says is only ever set as
// text, never as markup.

const element = (id) => document.getElementById(id);
const form = element("form");
const fields = { initiator: element("initiator"), destination: element("destination") };
const pad = element("pad");
const callButton = element("call");
const hangUpButton = element("hang-up");
const picture = element("picture");
const remembered = "click-to-call.initiator";

let call = null; // the state of the call as the server last told it
let received = 0; // when it did, on the page's clock
let source = null; // the event stream
let polling = 0; // the timer that stands in for it
let placing = false; // a request to place a call is on its way
let target = fields.destination; // where the dial pad types

const LEG = {
  idle: "Not called",
  dialling: "Calling…",
  ringing: "Ringing",
  answered: "Answered",
  ended: "Ended",
};

// What a Q.850 cause means to somebody who is no engineer.
const CAUSE = {
  1: "This number does not exist",
  2: "There is no route to this number",
  3: "There is no route to this number",
  17: "Busy",
  18: "No answer",
  19: "No answer",
  20: "Not reachable at the moment",
  21: "The call was rejected",
  22: "The number has changed",
  27: "Out of order",
  28: "The number is incomplete",
  34: "All lines are busy",
  38: "The network is out of order",
  41: "A fault in the network",
  42: "The network is congested",
  44: "All lines are busy",
  47: "All lines are busy",
};

// Likewise for a SIP status.
const STATUS = {
  401: "It asks for a password",
  403: "The call is not allowed",
  404: "Not found",
  407: "It asks for a password",
  408: "No answer",
  410: "This number does not exist any more",
  480: "Not reachable at the moment",
  484: "The number is incomplete",
  486: "Busy",
  487: "The call was ended",
  488: "No common codec",
  503: "No line is free",
  600: "Busy",
  603: "The call was rejected",
  604: "This number does not exist",
};

const REFUSED = {
  no_rule: "No rule says how to call this.",
  too_many_calls: "Too many calls at the moment. Try again soon.",
  too_fast: "Too many calls in a short time. Try again soon.",
  stopping: "The server is stopping.",
  unauthorized: "User and password are needed. Reload the page.",
};

const active = () => call !== null && call.state !== "ended" && call.state !== "failed";

// ---- What is shown --------------------------------------------------------------------------

function show() {
  for (const party of ["initiator", "destination"]) {
    const state = call ? call[party].state : "idle";
    const text = element(`${party}-state`);
    picture.dataset[party] = state;
    text.dataset.state = state;
    text.textContent = state === "failed" ? why(call[party]) : LEG[state] || state;
  }
  if (call) {
    element("summary").textContent = summary();
    const detail = failureDetail();
    element("detail").textContent = detail;
    element("detail").hidden = detail === "";
  }
  const hadFocus = document.activeElement === hangUpButton || document.activeElement === callButton;
  hangUpButton.hidden = !active();
  callButton.hidden = active();
  callButton.disabled = placing;
  if (hadFocus) (active() ? hangUpButton : callButton).focus();
  for (const field of Object.values(fields)) field.readOnly = active();
  for (const key of pad.querySelectorAll("button")) key.disabled = active();
  showClock();
}

function showClock() {
  const clock = element("clock");
  if (!call || !call.connected_at) {
    clock.textContent = "";
    return;
  }
  const since = call.state === "connected" ? (performance.now() - received) / 1000 : 0;
  const seconds = Math.floor(call.talked_seconds + since);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  clock.textContent = hours ? `${hours}:${rest}` : rest;
}

function summary() {
  const who = { initiator: "your phone", destination: "the landline" };
  switch (call.state) {
    case "calling-initiator":
      return call.initiator.state === "ringing"
        ? "Your phone is ringing. Answer it."
        : "Calling your phone…";
    case "calling-destination":
      return call.destination.state === "ringing"
        ? "The landline is ringing."
        : "Calling the landline…";
    case "joining":
      return "Connecting you…";
    case "connected":
      return "You are connected.";
    case "failed": {
      const party = call.initiator.state === "failed" ? "initiator" : "destination";
      const name = party === "initiator" ? "Your phone" : "The landline";
      const reason = why(call[party]);
      return `${name} could not be reached: ${reason[0].toLowerCase()}${reason.slice(1)}.`;
    }
    default:
      switch (call.released_by) {
        case "user":
          return "You ended the call.";
        case "initiator":
        case "destination":
          return `The call was ended by ${who[call.released_by]}.`;
        case "timer":
          return "The call was ended by a time limit.";
        default:
          return "The call was ended by the server.";
      }
  }
}

const q850 = (leg) => leg.causes.find((cause) => cause.protocol.toUpperCase() === "Q.850");

function why(leg) {
  const cause = q850(leg);
  return (cause && CAUSE[cause.cause]) || STATUS[leg.status] || leg.reason || "Failed";
}

function failureDetail() {
  for (const leg of [call.initiator, call.destination]) {
    if (leg.state !== "failed") continue;
    const cause = q850(leg);
    const text = cause && cause.text ? ` (${cause.text})` : "";
    return `SIP ${leg.status} ${leg.reason || ""}` + (cause ? ` · Q.850 ${cause.cause}${text}` : "");
  }
  return "";
}

function showError(name, text) {
  const place = element(`${name}-error`);
  place.textContent = text;
  place.hidden = text === "";
  if (fields[name]) {
    if (text) fields[name].setAttribute("aria-invalid", "true");
    else fields[name].removeAttribute("aria-invalid");
  }
}

function clearErrors() {
  for (const name of ["initiator", "destination", "form"]) showError(name, "");
}

// ---- Calls ----------------------------------------------------------------------------------

async function request(method, path, body) {
  const options = { method, headers: { Accept: "application/json" }, cache: "no-store" };
  if (body) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const answer = await response.json().catch(() => null);
  return { ok: response.ok, status: response.status, answer };
}

// Numbers are written with blanks and brackets, but not dialled with them.
function cleaned(text) {
  const trimmed = text.trim();
  return /^\+?[0-9*#()/.\s-]+$/.test(trimmed) ? trimmed.replace(/[()/.\s-]/g, "") : trimmed;
}

async function place() {
  clearErrors();
  const asked = {
    initiator: cleaned(fields.initiator.value),
    destination: cleaned(fields.destination.value),
  };
  for (const [name, text] of [
    ["destination", "Which number is to be called?"],
    ["initiator", "Which phone is to ring first?"],
  ]) {
    if (!asked[name]) {
      showError(name, text);
      fields[name].focus();
    }
  }
  if (!asked.initiator || !asked.destination || placing || active()) return;
  placing = true;
  callButton.disabled = true;
  try {
    const { ok, answer } = await request("POST", "/api/v1/calls", asked);
    if (ok && answer) {
      remember(asked.initiator);
      placing = false;
      follow(answer);
    } else {
      refused(answer && answer.error);
    }
  } catch {
    showError("form", "The server cannot be reached.");
  } finally {
    placing = false;
    callButton.disabled = false;
  }
}

function refused(error) {
  if (!error) {
    showError("form", "The server did not understand.");
    return;
  }
  const message = error.message[0].toUpperCase() + error.message.slice(1);
  const text = REFUSED[error.code] || message;
  if (error.field && fields[error.field]) {
    showError(error.field, text);
    fields[error.field].focus();
  } else {
    showError("form", text);
  }
}

async function hangUp() {
  if (!active()) return;
  hangUpButton.disabled = true;
  try {
    const { ok, answer } = await request("DELETE", `/api/v1/calls/${call.id}`);
    if (ok && answer) update(answer);
    else refused(answer && answer.error);
  } catch {
    showError("form", "The server cannot be reached; the call may go on.");
  } finally {
    hangUpButton.disabled = false;
  }
}

function update(next) {
  if (call && call.id === next.id && next.revision < call.revision) return;
  call = next;
  received = performance.now();
  if (!active()) unfollow();
  show();
}

function follow(first) {
  unfollow();
  call = null;
  history.replaceState(null, "", `#call=${first.id}`);
  update(first);
  if (!active()) return;
  source = new EventSource(`/api/v1/calls/${first.id}/events`);
  source.addEventListener("call", (event) => update(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    // While it is only interrupted the browser connects again by itself.
    if (source && source.readyState === EventSource.CLOSED) poll(first.id);
  });
}

function poll(id) {
  unfollow();
  polling = setInterval(async () => {
    try {
      const { ok, status, answer } = await request("GET", `/api/v1/calls/${id}`);
      if (ok && answer) update(answer);
      else if (status === 404) forget();
    } catch {
      // The server is away; it is asked again.
    }
  }, 1000);
}

function unfollow() {
  if (source) source.close();
  source = null;
  clearInterval(polling);
}

function forget() {
  unfollow();
  call = null;
  history.replaceState(null, "", location.pathname);
  show();
}

function remember(initiator) {
  try {
    localStorage.setItem(remembered, initiator);
  } catch {
    // A browser that stores nothing asks again next time.
  }
}

// ---- Keys and buttons -----------------------------------------------------------------------

function type(text) {
  if (target.readOnly) return;
  const start = target.selectionStart ?? target.value.length;
  const end = target.selectionEnd ?? target.value.length;
  if (text === "erase") {
    target.setRangeText("", start === end ? Math.max(0, start - 1) : start, end, "end");
  } else {
    target.setRangeText(text, start, end, "end");
  }
  target.dispatchEvent(new Event("input"));
}

pad.addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (key) type(key.value);
});

// One stop for Tab, arrows inside.
pad.addEventListener("keydown", (event) => {
  const keys = [...pad.querySelectorAll("button")];
  const at = keys.indexOf(document.activeElement);
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -3, ArrowDown: 3 }[event.key];
  if (step !== undefined && keys[at + step]) {
    keys[at].tabIndex = -1;
    keys[at + step].tabIndex = 0;
    keys[at + step].focus();
    event.preventDefault();
  } else if (/^[0-9+*#]$/.test(event.key)) {
    type(event.key);
    event.preventDefault();
  } else if (event.key === "Backspace") {
    type("erase");
    event.preventDefault();
  }
});

for (const [name, field] of Object.entries(fields)) {
  field.addEventListener("focus", () => aim(field));
  field.addEventListener("input", () => showError(name, ""));
}

function aim(field) {
  target = field;
  for (const other of Object.values(fields)) other.classList.toggle("target", other === field);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  place();
});
hangUpButton.addEventListener("click", hangUp);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && active()) {
    event.preventDefault();
    hangUp();
  }
});
setInterval(showClock, 500);

// ---- The start ------------------------------------------------------------------------------

form.noValidate = true;
pad.hidden = false;
element("hint").hidden = false;
aim(fields.destination);
try {
  fields.initiator.value ||= localStorage.getItem(remembered) || "";
} catch {
  // See remember().
}
// A call that was going on when the page was left or loaded again.
const earlier = /^#call=([0-9a-f]{32})$/.exec(location.hash);
if (earlier) {
  request("GET", `/api/v1/calls/${earlier[1]}`)
    .then(({ ok, answer }) => {
      if (!ok || !answer) return forget();
      fields.initiator.value = answer.initiator.address;
      fields.destination.value = answer.destination.address;
      follow(answer);
    })
    .catch(forget);
}
show();
