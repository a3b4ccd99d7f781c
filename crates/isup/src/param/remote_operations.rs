//! Remote operations (Q.763 3.48).

use super::ber::{integer, object_identifier, put_element, put_integer, take_element};
use super::group::kept;
use super::indicators::{put, take};
use super::{Parameter, ParameterCode, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;
use core::fmt;

codes! {
    /// Protocol profile (Q.763 3.48, Q.932 8.2.3): 5 bits.
    pub enum ProtocolProfile {
        RemoteOperations = 0x11, "remote operations protocol";
        _ => Spare, "spare protocol profile"
    }
}

codes! {
    /// What part of a component a reject finds fault with (X.229): the context-specific tag.
    pub enum ProblemKind {
        General = 0, "general problem";
        Invoke = 1, "invoke problem";
        ReturnResult = 2, "return result problem";
        ReturnError = 3, "return error problem";
        _ => Other, "other problem"
    }
}

/// An operation or error: a number that a service gives, or an object identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OperationCode {
    /// Local value.
    Local(i64),
    /// Global value: the contents of the object identifier (X.690 8.19).
    Global(Octets),
}

/// A component of the remote operations protocol (X.229).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Component {
    /// Invoke: asks for an operation.
    Invoke {
        /// Invoke identifier.
        invoke_id: i64,
        /// Linked identifier: the operation that this one belongs to.
        linked_id: Option<i64>,
        /// The operation.
        operation: OperationCode,
        /// Its argument, in the basic encoding rules; none if empty.
        argument: Octets,
    },
    /// Return result: the operation has succeeded.
    ReturnResult {
        /// Identifier of the invoke.
        invoke_id: i64,
        /// The operation and its result, in the basic encoding rules.
        result: Option<(OperationCode, Octets)>,
    },
    /// Return error: the operation has failed.
    ReturnError {
        /// Identifier of the invoke.
        invoke_id: i64,
        /// The error.
        error: OperationCode,
        /// Its parameter, in the basic encoding rules; none if empty.
        parameter: Octets,
    },
    /// Reject: the component cannot be understood.
    Reject {
        /// Identifier of the invoke, if it could be read.
        invoke_id: Option<i64>,
        /// What the fault is in.
        kind: ProblemKind,
        /// The fault.
        problem: i64,
    },
    /// Any other element, or one of the above whose contents make no sense.
    Other {
        /// The tag.
        tag: u8,
        /// The contents.
        contents: Octets,
    },
}

/// Remote operations (Q.763 3.48).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RemoteOperations {
    /// Extension indicator: 1 says that the octet is the last of its kind. It is kept, since there
    /// are both readings of whether the components behind it count.
    pub last: bool,
    /// Protocol profile.
    pub protocol_profile: ProtocolProfile,
    /// The components as they came, in the basic encoding rules; [`Self::components`] reads them.
    pub octets: Octets,
}

impl RemoteOperations {
    /// The remote operations protocol without components.
    pub const fn new() -> Self {
        Self {
            last: true,
            protocol_profile: ProtocolProfile::RemoteOperations,
            octets: Octets::new(),
        }
    }

    /// The components, as far as they are whole.
    pub fn components(&self) -> impl Iterator<Item = Component> + '_ {
        let mut rest = self.octets.as_slice();
        core::iter::from_fn(move || {
            let (tag, contents, behind) = take_element(rest)?;
            rest = behind;
            Some(Component::read(tag, contents))
        })
    }

    /// Adds a component behind the others. Octets are cut after 255, since a parameter holds no
    /// more.
    pub fn push(&mut self, component: &Component) {
        let mut octets = self.octets.to_vec();
        component.write(&mut octets);
        self.octets = kept(octets);
    }

    /// The same with one more component.
    #[must_use]
    pub fn with(mut self, component: &Component) -> Self {
        self.push(component);
        self
    }
}

impl Default for RemoteOperations {
    fn default() -> Self {
        Self::new()
    }
}

impl OperationCode {
    fn take(octets: &[u8]) -> Option<(Self, &[u8])> {
        let (tag, contents, behind) = take_element(octets)?;
        let code = match tag {
            INTEGER => Self::Local(integer(contents)?),
            OBJECT_IDENTIFIER => Self::Global(Octets::copy(contents)),
            _ => return None,
        };
        Some((code, behind))
    }

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Local(code) => put_integer(INTEGER, *code, out),
            Self::Global(identifier) => put_element(OBJECT_IDENTIFIER, identifier, out),
        }
    }
}

impl fmt::Display for OperationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(code) => code.fmt(f),
            Self::Global(identifier) => f.write_str(&object_identifier(identifier)),
        }
    }
}

impl Component {
    fn read(tag: u8, contents: &[u8]) -> Self {
        let component = match tag {
            INVOKE => Self::read_invoke(contents),
            RETURN_RESULT => Self::read_return_result(contents),
            RETURN_ERROR => Self::read_return_error(contents),
            REJECT => Self::read_reject(contents),
            _ => None,
        };
        component.unwrap_or_else(|| Self::Other {
            tag,
            contents: Octets::copy(contents),
        })
    }

    fn read_invoke(contents: &[u8]) -> Option<Self> {
        let (invoke_id, mut rest) = take_integer(INTEGER, contents)?;
        let linked_id = take_integer(LINKED_ID, rest).map(|(linked_id, behind)| {
            rest = behind;
            linked_id
        });
        let (operation, argument) = OperationCode::take(rest)?;
        Some(Self::Invoke {
            invoke_id,
            linked_id,
            operation,
            argument: Octets::copy(argument),
        })
    }

    fn read_return_result(contents: &[u8]) -> Option<Self> {
        let (invoke_id, rest) = take_integer(INTEGER, contents)?;
        let result = match take_element(rest) {
            Some((SEQUENCE, contents, [])) => {
                let (operation, result) = OperationCode::take(contents)?;
                Some((operation, Octets::copy(result)))
            }
            None if rest.is_empty() => None,
            _ => return None,
        };
        Some(Self::ReturnResult { invoke_id, result })
    }

    fn read_return_error(contents: &[u8]) -> Option<Self> {
        let (invoke_id, rest) = take_integer(INTEGER, contents)?;
        let (error, parameter) = OperationCode::take(rest)?;
        Some(Self::ReturnError {
            invoke_id,
            error,
            parameter: Octets::copy(parameter),
        })
    }

    fn read_reject(contents: &[u8]) -> Option<Self> {
        let (invoke_id, rest) = match take_element(contents)? {
            (INTEGER, value, behind) => (Some(integer(value)?), behind),
            (NULL, [], behind) => (None, behind),
            _ => return None,
        };
        match take_element(rest)? {
            (tag, problem, []) if tag & !CODE == CONTEXT => Some(Self::Reject {
                invoke_id,
                kind: ProblemKind::from_code(tag & CODE),
                problem: integer(problem)?,
            }),
            _ => None,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let mut contents = Vec::new();
        let tag = match self {
            Self::Invoke {
                invoke_id,
                linked_id,
                operation,
                argument,
            } => {
                put_integer(INTEGER, *invoke_id, &mut contents);
                if let Some(linked_id) = linked_id {
                    put_integer(LINKED_ID, *linked_id, &mut contents);
                }
                operation.put(&mut contents);
                contents.extend_from_slice(argument);
                INVOKE
            }
            Self::ReturnResult { invoke_id, result } => {
                put_integer(INTEGER, *invoke_id, &mut contents);
                if let Some((operation, result)) = result {
                    let mut sequence = Vec::new();
                    operation.put(&mut sequence);
                    sequence.extend_from_slice(result);
                    put_element(SEQUENCE, &sequence, &mut contents);
                }
                RETURN_RESULT
            }
            Self::ReturnError {
                invoke_id,
                error,
                parameter,
            } => {
                put_integer(INTEGER, *invoke_id, &mut contents);
                error.put(&mut contents);
                contents.extend_from_slice(parameter);
                RETURN_ERROR
            }
            Self::Reject {
                invoke_id,
                kind,
                problem,
            } => {
                match invoke_id {
                    Some(invoke_id) => put_integer(INTEGER, *invoke_id, &mut contents),
                    None => put_element(NULL, &[], &mut contents),
                }
                put_integer(CONTEXT | kind.code() & CODE, *problem, &mut contents);
                REJECT
            }
            Self::Other {
                tag,
                contents: octets,
            } => {
                contents.extend_from_slice(octets);
                *tag
            }
        };
        put_element(tag, &contents, out);
    }

    fn describe(&self) -> (String, Description) {
        let with = |description: Description, name: &'static str, octets: &Octets| {
            if octets.is_empty() {
                return description;
            }
            description.field(0, name, octets)
        };
        match self {
            Self::Invoke {
                invoke_id,
                linked_id,
                operation,
                argument,
            } => {
                let mut words = Description::of(format!("operation {operation}")).field(
                    0,
                    "invoke identifier",
                    invoke_id,
                );
                if let Some(linked_id) = linked_id {
                    words = words.field(0, "linked identifier", linked_id);
                }
                ("invoke".to_owned(), with(words, "argument", argument))
            }
            Self::ReturnResult {
                invoke_id,
                result: None,
            } => {
                let words = Description::default().field(0, "invoke identifier", invoke_id);
                ("return result".to_owned(), words)
            }
            Self::ReturnResult {
                invoke_id,
                result: Some((operation, result)),
            } => {
                let words = Description::of(format!("operation {operation}")).field(
                    0,
                    "invoke identifier",
                    invoke_id,
                );
                ("return result".to_owned(), with(words, "result", result))
            }
            Self::ReturnError {
                invoke_id,
                error,
                parameter,
            } => {
                let words = Description::of(format!("error {error}")).field(
                    0,
                    "invoke identifier",
                    invoke_id,
                );
                (
                    "return error".to_owned(),
                    with(words, "parameter", parameter),
                )
            }
            Self::Reject {
                invoke_id,
                kind,
                problem,
            } => {
                let mut words = Description::of(format!("{kind} {problem}"));
                if let Some(invoke_id) = invoke_id {
                    words = words.field(0, "invoke identifier", invoke_id);
                }
                ("reject".to_owned(), words)
            }
            Self::Other { tag, contents } => {
                (format!("component {tag:#04x}"), Description::of(contents))
            }
        }
    }
}

impl Parameter for RemoteOperations {
    const CODE: ParameterCode = ParameterCode::REMOTE_OPERATIONS;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [octet] = first(octets)?;
        Ok(Self {
            last: take(octet, 7, 8) == 1,
            protocol_profile: ProtocolProfile::from_code(take(octet, 0, 5)),
            octets: Octets::copy(octets.get(1..).unwrap_or_default()),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(put(self.last.into(), 7, 8) | put(self.protocol_profile.code(), 0, 5));
        out.extend_from_slice(&self.octets);
    }

    fn describe(&self) -> Description {
        let mut description =
            Description::default().field(0, "protocol profile", self.protocol_profile);
        let mut rest = self.octets.as_slice();
        let octet = |rest: &[u8]| 1 + self.octets.len() - rest.len();
        while let Some((tag, contents, behind)) = take_element(rest) {
            let (name, words) = Component::read(tag, contents).describe();
            description = description.nested(octet(rest), name, words);
            rest = behind;
        }
        if rest.is_empty() {
            return description;
        }
        description.field(octet(rest), "incomplete component", super::group::hex(rest))
    }
}

fn take_integer(tag: u8, octets: &[u8]) -> Option<(i64, &[u8])> {
    match take_element(octets)? {
        (found, contents, behind) if found == tag => Some((integer(contents)?, behind)),
        _ => None,
    }
}

// Tags of components (X.229 9).
const INVOKE: u8 = 0xa1;
const RETURN_RESULT: u8 = 0xa2;
const RETURN_ERROR: u8 = 0xa3;
const REJECT: u8 = 0xa4;

// Tags of what is in them (X.690 8).
const INTEGER: u8 = 0x02;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const LINKED_ID: u8 = CONTEXT;
/// Context-specific and primitive.
const CONTEXT: u8 = 0x80;
/// The number of a tag.
const CODE: u8 = 0x1f;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn each_kind_of_component_both_ways() {
        let components = [
            Component::Invoke {
                invoke_id: 5,
                linked_id: Some(4),
                operation: OperationCode::Local(7),
                argument: Octets::from([0x30, 0]),
            },
            Component::ReturnResult {
                invoke_id: 5,
                result: Some((OperationCode::Local(7), Octets::from([0x05, 0]))),
            },
            Component::ReturnResult {
                invoke_id: 5,
                result: None,
            },
            Component::ReturnError {
                invoke_id: -1,
                error: OperationCode::Global(Octets::from([0x2b, 12])),
                parameter: Octets::new(),
            },
            Component::Reject {
                invoke_id: None,
                kind: ProblemKind::Invoke,
                problem: 2,
            },
        ];
        let operations = components
            .iter()
            .fold(RemoteOperations::new(), RemoteOperations::with);
        assert_eq!(operations.components().collect::<Vec<_>>(), components);
        assert_eq!(
            described(&operations),
            [
                "protocol profile: remote operations protocol",
                "invoke: operation 7",
                "return result: operation 7",
                "return result: ",
                "return error: error 1.3.12",
                "reject: invoke problem 2",
            ]
        );
        assert_eq!(operations.describe().fields[2].octet, 14);
        reads_and_writes(
            &[
                0x91, // remote operations protocol
                0xa1, 11, 2, 1, 5, 0x80, 1, 4, 2, 1, 7, 0x30, 0, // invoke
                0xa2, 10, 2, 1, 5, 0x30, 5, 2, 1, 7, 5, 0, // return result
                0xa2, 3, 2, 1, 5, // return result
                0xa3, 7, 2, 1, 0xff, 6, 2, 0x2b, 12, // return error
                0xa4, 5, 5, 0, 0x81, 1, 2, // reject
            ],
            operations,
        );
        refuses_fewer::<RemoteOperations>(1);
    }

    #[test]
    fn the_unusual_survives() {
        // Extension indicator 0; an invoke without operation, of a long length; a component that
        // is cut.
        let octets = [0x11, 0xa1, 0x81, 3, 2, 1, 5, 0xa2, 9, 2];
        let operations = RemoteOperations::read(&octets).unwrap();
        let component = Component::Other {
            tag: 0xa1,
            contents: Octets::from([2, 1, 5]),
        };
        assert_eq!(operations.components().collect::<Vec<_>>(), [component]);
        assert_eq!(described(&operations)[2], "incomplete component: a20902");
        reads_and_writes(&octets, operations);
    }
}
