//! How values are laid on a chart's axis, and written beside it.

use crate::plural::with_minus;

/// How values are laid on the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As they are.
    Linear,
    /// The logarithm to the base of ten.
    Logarithmic,
    /// `sign(y) log10(1 + |y|)`, for curves that cross zero.
    Symmetric,
}

impl Scale {
    /// Where on the axis a value lies.
    pub fn of(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Logarithmic => value.max(1e-6).log10(),
            Self::Symmetric => value.signum() * value.abs().ln_1p() / std::f64::consts::LN_10,
        }
    }

    /// The value that lies there on the axis.
    pub fn back(self, place: f64) -> f64 {
        match self {
            Self::Linear => place,
            Self::Logarithmic => 10.0_f64.powf(place),
            Self::Symmetric => place.signum() * (10.0_f64.powf(place.abs()) - 1.0),
        }
    }
}

/// As short as can be read, and yet other than the numbers a step before and behind it.
pub fn number_at(value: f64, step: f64) -> String {
    let told = match value.abs() {
        size if size >= 10_000.0 => 10.0_f64.powf(size.log10().floor()),
        size if size >= 100.0 => 1.0,
        size if size >= 10.0 => 0.1,
        size if size >= 0.1 => 0.01,
        _ => 1e-4,
    };
    // a step is 1, 2 or 5 of some decade, but for the last bits of it
    if step >= told * 0.999 || value.abs() < 1e-9 {
        return number(value);
    }
    let places = (-(step * 1.001).log10().floor()).clamp(0.0, 12.0) as usize;
    with_minus(format_args!("{value:.places$}"))
}

/// As short as can be read.
pub fn number(value: f64) -> String {
    let size = value.abs();
    let text = if size < 1e-9 {
        "0".into()
    } else if !(0.000_999_9..10_000.0).contains(&size) {
        format!("{value:.0e}")
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else if size >= 0.1 {
        format!("{value:.2}")
    } else {
        format!("{value:.4}").trim_end_matches('0').to_owned()
    };
    with_minus(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_lead_there_and_back() {
        for scale in [Scale::Linear, Scale::Logarithmic, Scale::Symmetric] {
            for value in [0.01, 1.0, 440.0] {
                assert!((scale.back(scale.of(value)) - value).abs() < 1e-9 * value.max(1.0), "{scale:?} {value}");
            }
        }
        assert!((Scale::Symmetric.back(Scale::Symmetric.of(-440.0)) + 440.0).abs() < 1e-6);
        assert_eq!([0.0, -440.0, 0.25, 0.004, -0.08].map(number), ["0", "−440", "0.25", "0.004", "−0.08"]);
        let marks = |from: i32, step: f64| [0, 1, 2].map(|mark| number_at(f64::from(from + mark) * step, step));
        assert_eq!(marks(602, 0.005), ["3.010", "3.015", "3.020"]);
        assert_eq!(marks(-3, 0.5), ["−1.50", "−1.00", "−0.50"]);
        assert_eq!(marks(60, 200.0), ["12000", "12200", "12400"]);
        assert_eq!(marks(0, 0.00002), ["0", "0.00002", "0.00004"]);
        assert_eq!([-0.001, -0.000_999_999_999, 0.000_4].map(number), ["−0.001", "−0.001", "4e−4"]);
    }
}
