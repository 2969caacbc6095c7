//! A point on the map, and how far it is from another.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Millionths of a degree, north and east positive: about a tenth of a metre, compared exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    lat: i32,
    lon: i32,
}

/// The mean radius of the earth in metres (IUGG).
const EARTH: f64 = 6_371_008.8;

impl Point {
    /// From degrees; `None` outside ±90 and ±180.
    pub fn new(lat: f64, lon: f64) -> Option<Point> {
        let on_earth = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        let micro = |degrees: f64| (degrees * 1e6).round() as i32;
        on_earth.then(|| Point { lat: micro(lat), lon: micro(lon) })
    }

    /// `55.7012, 12.4013`: degrees with a point, latitude first. Both need decimals, so that `1, 2` is no place.
    pub fn parse(text: &str) -> Option<Point> {
        let (lat, lon) = text.split_once([',', ';'])?;
        let degrees = |text: &str| {
            let text = text.trim();
            let digits = text.strip_prefix('-').unwrap_or(text);
            let (whole, part) = digits.split_once('.')?;
            let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
            (all_digits(whole) && all_digits(part)).then(|| text.parse().ok())?
        };
        Point::new(degrees(lat)?, degrees(lon)?)
    }

    /// In degrees, exactly.
    pub fn lat(self) -> Decimal {
        Decimal::new(self.lat.into(), 6)
    }
    /// In degrees, exactly.
    pub fn lon(self) -> Decimal {
        Decimal::new(self.lon.into(), 6)
    }

    /// Metres as the crow flies (haversine).
    pub fn distance_to(self, other: Point) -> f64 {
        let radians = |micro: i32| (f64::from(micro) / 1e6).to_radians();
        let (a, b) = (radians(self.lat), radians(other.lat));
        let north = ((b - a) / 2.0).sin();
        let east = ((radians(other.lon) - radians(self.lon)) / 2.0).sin();
        let half = north * north + a.cos() * b.cos() * east * east;
        2.0 * EARTH * half.sqrt().min(1.0).asin()
    }
}

/// `55.701200, 12.401300`
impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.lat(), self.lon())
    }
}

/// The points at most so far from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    pub of: Point,
    pub metres: u32,
}

impl Around {
    pub fn holds(&self, point: Point) -> bool {
        point.distance_to(self.of) <= f64::from(self.metres)
    }
}

/// `500 m`, `2 km`, `1.5 km` in metres.
pub fn metres(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_alphabetic())?);
    let factor = match unit.trim() {
        "m" => 1.0,
        "km" => 1000.0,
        _ => return None,
    };
    let metres = number.trim().replace(',', ".").parse::<f64>().ok()? * factor;
    (1.0..=1e7).contains(&metres).then_some(metres as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_read_and_written_and_nothing_else_is_one() {
        assert_eq!(Point::parse("55.7012, 12.4013").unwrap().to_string(), "55.701200, 12.401300");
        assert_eq!(Point::parse("-0.5;-12.25").unwrap().to_string(), "-0.500000, -12.250000");
        for text in ["", "1, 2", "55,7012, 12,4013", "91.0, 12.0", "55.7", "NaN.0, 1.0", "55.7, 12.4, 3.0"] {
            assert_eq!(Point::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_distance_is_right_to_a_metre_in_a_kilometre() {
        // From the town hall of Copenhagen to the Round Tower.
        let (hall, tower) = (Point::new(55.675_57, 12.569_47), Point::new(55.681_39, 12.575_74));
        let distance = hall.unwrap().distance_to(tower.unwrap());
        assert!((distance - 757.2).abs() < 0.5, "{distance}");
        let antipodes = Point::new(0.0, 0.0).unwrap().distance_to(Point::new(0.0, 180.0).unwrap());
        assert!((antipodes / 1000.0 - 20_015.0).abs() < 1.0, "{antipodes}");
        assert_eq!(
            (metres("2 km"), metres("500 m"), metres("1.5km"), metres("to km")),
            (Some(2000), Some(500), Some(1500), None)
        );
    }
}
