// A JsSIP user agent that does what the test tells it over a WebSocket, and tells what happens.
// There: {"do": "call", ...}. Back: {"event": "accepted", ...}.
'use strict';

const control = new WebSocket(`ws://${location.host}/control`);
const tell = (event, more = {}) => control.send(JSON.stringify({ event, ...more }));

window.onerror = (message, file, line) => tell('error', { message: `${file}:${line}: ${message}` });
window.onunhandledrejection = ({ reason }) => tell('error', { message: String(reason) });

const JsSIP = require('jssip');
let phone;
/** The latest session. */
let session;

/** Tells everything that it carries: the test's capture has it. */
class Watched extends JsSIP.WebSocketInterface {
  send(message) {
    tell('sent', { message: String(message) });
    return super.send(message);
  }

  _onMessage(event) {
    tell('received', { message: String(event.data) });
    super._onMessage(event);
  }
}

/** What a session says of an event. */
function about({ originator, cause, message, response, refer, info, dtmf }) {
  const more = { originator, cause };
  const answer = response || (message && message.status_code ? message : null);
  if (answer) more.status = answer.status_code;
  if (refer) more.to = String(refer.refer_to.uri);
  if (info) more.body = info.body;
  if (dtmf) more.tone = dtmf.tone;
  return more;
}

function follow(next) {
  session = next;
  const events = ['progress', 'accepted', 'confirmed', 'ended', 'failed', 'hold', 'unhold',
    'reinvite', 'update', 'newDTMF', 'newInfo', 'getusermediafailed', 'peerconnection:createofferfailed',
    'peerconnection:createanswerfailed', 'peerconnection:setlocaldescriptionfailed',
    'peerconnection:setremotedescriptionfailed'];
  for (const event of events) {
    next.on(event, (data) => tell(event, typeof data === 'object' ? about(data) : {}));
  }
  // Without a listener that takes it, a REFER is refused.
  next.on('refer', (data) => {
    tell('refer', { to: String(data.request.refer_to.uri) });
    data.reject();
  });
}

const audio = { audio: true, video: false };

const commands = {
  start({ socket, ...settings }) {
    const sockets = [new Watched(socket)];
    phone = new JsSIP.UA({ sockets, ...settings });
    phone.on('connected', () => tell('connected'));
    phone.on('disconnected', ({ code }) => tell('disconnected', { code }));
    phone.on('registered', () => tell('registered'));
    phone.on('unregistered', () => tell('unregistered'));
    phone.on('registrationFailed', (data) => tell('registrationFailed', about(data)));
    phone.on('newRTCSession', ({ originator, request, session: next }) => {
      follow(next);
      if (originator === 'remote') {
        tell('called', { from: String(request.from.uri), to: String(request.ruri) });
      }
    });
    phone.on('newMessage', ({ originator, request, message }) => {
      if (originator !== 'remote') return;
      tell('message', { from: String(request.from.uri), body: request.body });
      message.accept();
    });
    phone.start();
  },
  call({ uri, ...options }) {
    phone.call(uri, { mediaConstraints: audio, ...options });
  },
  answer() {
    session.answer({ mediaConstraints: audio });
  },
  /** Ends, rejects or cancels, whichever it has to be. */
  terminate({ status }) {
    session.terminate(status ? { status_code: status } : {});
  },
  /** By UPDATE with `update`, otherwise by re-INVITE. */
  hold({ update }) {
    session.hold({ useUpdate: Boolean(update) }, () => tell('held'));
  },
  unhold({ update }) {
    session.unhold({ useUpdate: Boolean(update) }, () => tell('unheld'));
  },
  refer({ uri }) {
    const heard = {};
    for (const event of ['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed']) {
      heard[event] = () => tell(`refer ${event}`);
    }
    session.refer(uri, { eventHandlers: heard });
  },
  info({ type, body }) {
    session.sendInfo(type, body);
  },
  tone({ tone }) {
    session.sendDTMF(tone, { transportType: 'INFO' });
  },
  message({ uri, body }) {
    phone.sendMessage(uri, body, {
      eventHandlers: {
        succeeded: ({ response }) => tell('message taken', { status: response.status_code }),
        failed: (data) => tell('message refused', about(data)),
      },
    });
  },
  unregister() {
    phone.unregister();
  },
  stop() {
    phone.stop();
  },
};

control.onmessage = ({ data }) => {
  const { do: what, ...how } = JSON.parse(data);
  try {
    commands[what](how);
  } catch (error) {
    tell('error', { message: `${what}: ${error}` });
  }
};
control.onopen = () => tell('ready', { agent: navigator.userAgent, jssip: JsSIP.version });
