//! 5.6 Examples for IPSP communication.

use super::ladder::{application_server, gateway, text, transfer};
use std::collections::VecDeque;
use trunkline_m3ua::asp::{self, Asp};
use trunkline_m3ua::sgp::{self, AspId, AspSettings, Sgp};
use trunkline_m3ua::{AspState, Message, Quirks, Role};
use trunkline_model::Time;
use trunkline_model::mtp::MtpIndication;

const A: usize = 0;
const B: usize = 1;

/// The routing contexts of the traffic to A and to B.
const RC_A: u32 = 1;
const RC_B: u32 = 2;

const NOW: Time = Time::from_secs(1);

/// The association, as either end numbers it.
const ASSOCIATION: AspId = AspId(0);

/// One IPSP: what asks, and what answers. With single exchange it has one of them.
struct Ipsp {
    client: Option<Asp>,
    server: Option<Sgp>,
}

impl Ipsp {
    /// One of double exchange that wants the traffic of `ours`, and gives the other end that of
    /// `theirs`; blocked by management, so that it asks for traffic when the figure does.
    fn double(ours: u32, theirs: u32) -> Self {
        Self {
            client: Some(client(Role::IpspDouble, ours)),
            server: Some(Sgp::new(gateway(vec![application_server(theirs)]))),
        }
    }

    fn tell_client(&mut self, input: asp::Input) {
        if let Some(client) = &mut self.client {
            client.handle(NOW, input);
        }
    }

    fn tell_server(&mut self, input: sgp::Input) {
        if let Some(server) = &mut self.server {
            server.handle(NOW, input);
        }
    }

    fn connect(&mut self, role: Role) {
        // Notify is optional between IPSPs, and the figures have none.
        let quirks = Quirks {
            no_notify: true,
            ..Quirks::default()
        };
        let settings = AspSettings {
            role,
            quirks,
            ..AspSettings::default()
        };
        self.tell_server(sgp::Input::AssociationUp(ASSOCIATION, settings));
        self.tell_client(asp::Input::AssociationUp);
    }

    /// Gives a message to the half that it is for.
    fn receive(&mut self, message: Message) {
        let stream = None;
        let asked = matches!(
            message,
            Message::AspUp(_)
                | Message::AspDown(_)
                | Message::AspActive(_)
                | Message::AspInactive(_)
        );
        match (&mut self.client, &mut self.server) {
            (Some(client), server) if server.is_none() || !asked => {
                client.handle(NOW, asp::Input::Message { stream, message });
            }
            (_, Some(server)) => server.handle(
                NOW,
                sgp::Input::Message {
                    asp: ASSOCIATION,
                    stream,
                    message,
                },
            ),
            (_, None) => panic!("{message} for nobody"),
        }
    }
}

fn client(role: Role, routing_context: u32) -> Asp {
    let mut client = Asp::new(asp::Settings {
        role,
        application_servers: vec![asp::AsSettings {
            routing_context: Some(routing_context),
            ..asp::AsSettings::default()
        }],
        ..asp::Settings::default()
    });
    client.handle(NOW, asp::Input::Block);
    client
}

struct Pair {
    ends: [Ipsp; 2],
    wire: VecDeque<(usize, Message)>,
    lines: Vec<String>,
}

impl Pair {
    fn new(a: Ipsp, b: Ipsp) -> Self {
        Self {
            ends: [a, b],
            wire: VecDeque::new(),
            lines: Vec::new(),
        }
    }

    fn client(&mut self, end: usize, input: asp::Input) {
        self.ends[end].tell_client(input);
        self.run();
    }

    fn server(&mut self, end: usize, input: sgp::Input) {
        self.ends[end].tell_server(input);
        self.run();
    }

    fn put(&mut self, from: usize, message: Message) {
        let text = text(&message);
        self.lines.push(match from {
            A => format!("A -> {text} -> B"),
            _ => format!("A <- {text} <- B"),
        });
        self.wire.push_back((1 - from, message));
    }

    fn run(&mut self) {
        loop {
            for end in [A, B] {
                self.collect(end);
            }
            let Some((to, message)) = self.wire.pop_front() else {
                return;
            };
            self.ends[to].receive(message);
        }
    }

    fn collect(&mut self, end: usize) {
        let name = ["A", "B"][end];
        while let Some(output) = self.ends[end].client.as_mut().and_then(Asp::poll_output) {
            match output {
                asp::Output::Send(message) => self.put(end, message),
                asp::Output::Transfer { transfer, .. } => {
                    self.lines.push(format!("{name} has {}", transfer.data[0]));
                }
                _ => {}
            }
        }
        while let Some(output) = self.ends[end].server.as_mut().and_then(Sgp::poll_output) {
            match output {
                sgp::Output::Send(_, message) => self.put(end, message),
                sgp::Output::Network(MtpIndication::Transfer(transfer)) => {
                    self.lines.push(format!("{name} has {}", transfer.data[0]));
                }
                _ => {}
            }
        }
    }

    fn ladder(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    fn state(&self, end: usize) -> AspState {
        self.ends[end].client.as_ref().unwrap().state()
    }
}

/// A goes up, and B takes the lead from then on.
#[test]
fn section_5_6_1_single_exchange() {
    let asking = |standby| Ipsp {
        client: Some(Asp::new(asp::Settings {
            role: Role::IpspSingle,
            application_servers: vec![asp::AsSettings {
                routing_context: Some(RC_B),
                standby,
                ..asp::AsSettings::default()
            }],
            ..asp::Settings::default()
        })),
        server: None,
    };
    // A has been up before and left, so B leaves it to A to go up again; A does not ask for
    // traffic by itself.
    let mut pair = Pair::new(asking(true), asking(false));
    for end in [A, B] {
        pair.client(end, asp::Input::AssociationUp);
    }
    pair.client(A, asp::Input::Stop);
    assert_eq!(pair.state(B), AspState::Down);
    pair.ladder();

    pair.client(A, asp::Input::AssociationUp);
    assert_eq!((pair.state(A), pair.state(B)), BOTH_ACTIVE);
    for (end, mark) in [(A, 7), (B, 8)] {
        let transfer = transfer(1, 2, mark);
        let application_server = 0;
        pair.client(
            end,
            asp::Input::Transfer {
                application_server,
                transfer,
            },
        );
    }
    pair.client(B, asp::Input::Block);
    assert_eq!(pair.state(A), AspState::Inactive);
    pair.client(B, asp::Input::Stop);
    assert_eq!(pair.state(A), AspState::Down);
    assert_eq!(
        pair.ladder(),
        [
            "A -> ASPUP -> B",
            "A <- ASPUP_ACK <- B",
            "A <- ASPAC (2) <- B",
            "A -> ASPAC_ACK (2) -> B",
            "A -> DATA (2) -> B",
            "B has 7",
            "A <- DATA (2) <- B",
            "A has 8",
            "A <- ASPIA (2) <- B",
            "A -> ASPIA_ACK (2) -> B",
            "A <- ASPDN <- B",
            "A -> ASPDN_ACK -> B",
        ]
    );
}

/// "Each exchange of ASPTM or ASPSM messages can be initiated by either IPSP" (4.3): both at
/// once do no harm.
#[test]
fn section_5_6_1_both_ends_begin() {
    let asking = || Ipsp {
        client: Some(Asp::new(asp::Settings {
            role: Role::IpspSingle,
            application_servers: vec![asp::AsSettings {
                routing_context: Some(RC_B),
                ..asp::AsSettings::default()
            }],
            ..asp::Settings::default()
        })),
        server: None,
    };
    let mut pair = Pair::new(asking(), asking());
    for end in [A, B] {
        pair.ends[end].tell_client(asp::Input::AssociationUp);
    }
    pair.run();
    assert_eq!((pair.state(A), pair.state(B)), BOTH_ACTIVE);
    assert_eq!(
        pair.ladder(),
        [
            "A -> ASPUP -> B",
            "A <- ASPUP <- B",
            "A <- ASPUP_ACK <- B",
            "A <- ASPAC (2) <- B",
            "A -> ASPUP_ACK -> B",
            "A -> ASPAC (2) -> B",
            "A -> ASPAC_ACK (2) -> B",
            "A <- ASPAC_ACK (2) <- B",
        ]
    );
}

const BOTH_ACTIVE: (AspState, AspState) = (AspState::Active, AspState::Active);

/// The same with A taking the lead all the way, and B only answering.
#[test]
fn section_5_6_1_single_exchange_led_by_one_end() {
    let a = Ipsp {
        client: Some(client(Role::IpspSingle, RC_B)),
        server: None,
    };
    let b = Ipsp {
        client: None,
        server: Some(Sgp::new(gateway(vec![application_server(RC_B)]))),
    };
    let mut pair = Pair::new(a, b);
    pair.ends[B].connect(Role::IpspSingle);
    pair.ends[A].connect(Role::IpspSingle);
    pair.run();
    pair.client(A, asp::Input::Unblock);
    pair.client(
        A,
        asp::Input::Transfer {
            application_server: 0,
            transfer: transfer(102, 9, 7),
        },
    );
    let to_a = MtpIndication::Transfer(transfer(9, 102, 8));
    pair.server(B, sgp::Input::Network(to_a));
    pair.client(A, asp::Input::Stop);
    assert_eq!(
        pair.ladder(),
        [
            "A -> ASPUP -> B",
            "A <- ASPUP_ACK <- B",
            "A -> ASPAC (2) -> B",
            "A <- ASPAC_ACK (2) <- B",
            "A -> DATA (2) -> B",
            "B has 7",
            "A <- DATA (2) <- B",
            "A has 8",
            "A -> ASPIA (2) -> B",
            "A <- ASPIA_ACK (2) <- B",
            "A -> ASPDN -> B",
            "A <- ASPDN_ACK <- B",
        ]
    );
}

#[test]
fn section_5_6_2_double_exchange() {
    let mut pair = Pair::new(Ipsp::double(RC_A, RC_B), Ipsp::double(RC_B, RC_A));
    // The figure has B go up first.
    let role = Role::IpspDouble;
    let settings = AspSettings {
        role,
        quirks: Quirks {
            no_notify: true,
            ..Quirks::default()
        },
        ..AspSettings::default()
    };
    pair.ends[A].tell_server(sgp::Input::AssociationUp(ASSOCIATION, settings));
    pair.ends[B].connect(role);
    pair.run();
    pair.client(A, asp::Input::AssociationUp);
    pair.client(B, asp::Input::Unblock);
    pair.client(A, asp::Input::Unblock);
    let to_a = MtpIndication::Transfer(transfer(2, 100 + RC_A, 7));
    pair.server(B, sgp::Input::Network(to_a));
    let to_b = MtpIndication::Transfer(transfer(1, 100 + RC_B, 8));
    pair.server(A, sgp::Input::Network(to_b));
    pair.client(B, asp::Input::Block);
    pair.client(A, asp::Input::Block);
    pair.client(B, asp::Input::Stop);
    pair.client(A, asp::Input::Stop);
    assert_eq!(
        pair.ladder(),
        [
            "A <- ASPUP <- B",
            "A -> ASPUP_ACK -> B",
            "A -> ASPUP -> B",
            "A <- ASPUP_ACK <- B",
            "A <- ASPAC (2) <- B",
            "A -> ASPAC_ACK (2) -> B",
            "A -> ASPAC (1) -> B",
            "A <- ASPAC_ACK (1) <- B",
            "A <- DATA (1) <- B",
            "A has 7",
            "A -> DATA (2) -> B",
            "B has 8",
            "A <- ASPIA (2) <- B",
            "A -> ASPIA_ACK (2) -> B",
            "A -> ASPIA (1) -> B",
            "A <- ASPIA_ACK (1) <- B",
            "A <- ASPDN <- B",
            "A -> ASPDN_ACK -> B",
            "A -> ASPDN -> B",
            "A <- ASPDN_ACK <- B",
        ]
    );
}
