//! How long frames take without a renderer, for `cantus bench`.

pub mod curves;

/// The value that a share (0.5: the median) of the values is not above.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(at.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// Best, median and slowest hundredth of each scene, in milliseconds, as a table.
pub fn table(heading: &str, measured: &[(&str, [f64; 3])]) -> String {
    let heading = format!("{heading:<48} {:>9} {:>9} {:>9}\n", "best", "median", "p99");
    let rows = measured
        .iter()
        .map(|(title, [best, median, p99])| format!("{title:<48} {best:>9.2} {median:>9.2} {p99:>9.2}\n"));
    heading + &rows.collect::<String>()
}

/// The same as JSON, a row each.
pub fn rows<'a>(measured: &'a [(&'a str, [f64; 3])]) -> impl Iterator<Item = serde_json::Value> + 'a {
    measured.iter().map(|(scene, [best_ms, median_ms, p99_ms])| {
        serde_json::json!({ "scene": scene, "best_ms": best_ms, "median_ms": median_ms, "p99_ms": p99_ms })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!((percentile(&values, 0.5), percentile(&values, 0.99)), (50.0, 99.0));
        assert!(percentile(&[], 0.5).is_nan());
    }
}
