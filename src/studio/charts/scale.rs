//! How values are laid on a chart's axis, and written beside it.

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
    text.replace('-', "−")
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
        assert_eq!([-0.001, -0.000_999_999_999, 0.000_4].map(number), ["−0.001", "−0.001", "4e−4"]);
    }
}
