//! Means and shares of what may be undefined.

/// The mean of what is defined; `None` where nothing is.
pub fn mean(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, count) = values.into_iter().flatten().fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// `a / b` where that is defined.
pub(super) fn ratio(a: impl Into<f64>, b: impl Into<f64>) -> Option<f64> {
    let b = b.into();
    (b > 0.0).then(|| a.into() / b)
}
