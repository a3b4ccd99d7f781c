//! Calling geodetic location (Q.763 3.88): where on the earth the caller is.

use super::indicators::{put, take};
use super::{Parameter, ParameterCode, Screening, first};
use crate::codes::codes;
use crate::describe::Description;
use crate::error::Problem;
use crate::octets::Octets;

codes! {
    /// Location presentation restricted indicator, LPRI (Q.763 3.88 a): 2 bits.
    pub enum LocationPresentation {
        Allowed = 0, "presentation allowed";
        Restricted = 1, "presentation restricted";
        NotAvailable = 2, "location not available";
        _ => Spare, "spare location presentation restricted indicator"
    }
}

codes! {
    /// Type of shape (Q.763 3.88 c): 7 bits.
    pub enum ShapeType {
        EllipsoidPoint = 0, "ellipsoid point";
        EllipsoidPointWithUncertainty = 1, "ellipsoid point with uncertainty";
        PointWithAltitudeAndUncertainty = 2, "point with altitude and uncertainty";
        Ellipse = 3, "ellipse on the ellipsoid";
        CircleSector = 4, "ellipsoid circle sector";
        Polygon = 5, "polygon";
        _ => Spare, "spare type of shape"
    }
}

/// Calling geodetic location (Q.763 3.88).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallingGeodeticLocation {
    /// Location presentation restricted indicator, LPRI.
    pub presentation: LocationPresentation,
    /// Screening indicator; network provided if the location is not available.
    pub screening: Screening,
    /// The location; none if it is not available.
    pub shape: Option<GeodeticShape>,
}

/// The shape of a [`CallingGeodeticLocation`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GeodeticShape {
    /// Type of shape.
    pub kind: ShapeType,
    /// Shape description, which depends on the type.
    pub description: Octets,
}

impl GeodeticShape {
    /// Latitude and longitude in degrees, north and east positive, of a shape that is drawn about
    /// one point; a polygon has several.
    pub fn point(&self) -> Option<(f64, f64)> {
        if matches!(self.kind, ShapeType::Polygon | ShapeType::Spare(_)) {
            return None;
        }
        let [a, b, c, d, e, f] = first(&self.description).ok()?;
        // Latitude: the sign, then 23 bits for 90 degrees. Longitude: 24 bits in two's complement
        // for 360 degrees.
        let magnitude = f64::from(u32::from_be_bytes([0, a & 0x7f, b, c])) * 90.0 / 8_388_608.0;
        let latitude = if a & 0x80 == 0 { magnitude } else { -magnitude };
        let longitude = f64::from(i32::from_be_bytes([d, e, f, 0]) >> 8) * 360.0 / 16_777_216.0;
        Some((latitude, longitude))
    }
}

impl Parameter for CallingGeodeticLocation {
    const CODE: ParameterCode = ParameterCode::CALLING_GEODETIC_LOCATION;

    fn read(octets: &[u8]) -> Result<Self, Problem> {
        let [head] = first(octets)?;
        Ok(Self {
            presentation: LocationPresentation::from_code(take(head, 2, 4)),
            screening: Screening::from_code(take(head, 0, 2)),
            shape: octets.get(1).map(|kind| GeodeticShape {
                kind: ShapeType::from_code(take(*kind, 0, 7)),
                description: Octets::copy(octets.get(2..).unwrap_or_default()),
            }),
        })
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.push(put(self.presentation.code(), 2, 4) | put(self.screening.code(), 0, 2));
        if let Some(shape) = &self.shape {
            out.push(EXTENSION | put(shape.kind.code(), 0, 7));
            out.extend_from_slice(&shape.description);
        }
    }

    fn describe(&self) -> Description {
        let mut description = Description::default()
            .field(
                0,
                "location presentation restricted indicator",
                self.presentation,
            )
            .field(0, "screening indicator", self.screening);
        if let Some(shape) = &self.shape {
            description = description.field(1, "type of shape", shape.kind);
            if let Some((latitude, longitude)) = shape.point() {
                description = description
                    .field(2, "latitude", format_args!("{latitude:.5} degrees"))
                    .field(5, "longitude", format_args!("{longitude:.5} degrees"));
            }
            description = description.field(2, "shape description", &shape.description);
        }
        description
    }
}

/// The extension bit: 1 in the last octet of the type of shape.
const EXTENSION: u8 = 0x80;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::tests::{described, reads_and_writes, refuses_fewer};

    #[test]
    fn location_is_a_shape_about_a_point() {
        let shape = GeodeticShape {
            kind: ShapeType::EllipsoidPoint,
            description: Octets::from([0xc0, 0, 0, 0xe0, 0, 0]),
        };
        // restricted, network provided; ellipsoid point, last octet; south and half of 90 degrees,
        // minus an eighth of 360 degrees
        reads_and_writes(
            &[0x07, 0x80, 0xc0, 0, 0, 0xe0, 0, 0],
            CallingGeodeticLocation {
                presentation: LocationPresentation::Restricted,
                screening: Screening::NetworkProvided,
                shape: Some(shape.clone()),
            },
        );
        assert_eq!(shape.point(), Some((-45.0, -45.0)));
        let polygon = GeodeticShape {
            kind: ShapeType::Polygon,
            ..shape
        };
        assert_eq!(polygon.point(), None);
    }

    #[test]
    fn location_that_is_not_available_is_one_octet() {
        let none = CallingGeodeticLocation {
            presentation: LocationPresentation::NotAvailable,
            screening: Screening::NetworkProvided,
            shape: None,
        };
        reads_and_writes(&[0x0b], none.clone());
        assert_eq!(
            described(&none),
            [
                "location presentation restricted indicator: location not available",
                "screening indicator: network provided"
            ]
        );
        refuses_fewer::<CallingGeodeticLocation>(1);
    }

    #[test]
    fn point_is_described_in_degrees() {
        let berlin = CallingGeodeticLocation::read(&[
            0x03, 0x81, 0x4a, 0xb6, 0x0b, 0x09, 0x87, 0x65, 0x14, 0x32,
        ])
        .unwrap();
        let words = described(&berlin);
        assert_eq!(words[2], "type of shape: ellipsoid point with uncertainty");
        assert_eq!(words[3], "latitude: 52.53125 degrees");
        assert_eq!(words[4], "longitude: 13.39999 degrees");
    }
}
