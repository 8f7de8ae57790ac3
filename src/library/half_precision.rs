//! Weights in half precision: half the size on disk, with no measurable difference in what a model writes.

use std::path::Path;

use half::f16;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::LibraryError;
use crate::whole_file;

/// Converts the single-precision tensors of a file of weights to half precision; all others stay.
///
/// # Errors
/// It is not a file of weights, holds a number too large for half precision, or cannot be read or written; it stays as
/// it was.
pub fn halve(path: &Path) -> Result<(), LibraryError> {
    let refuse = |reason: String| LibraryError::NotAModel { reason, path: path.to_owned() };
    let bytes = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| refuse(error.to_string()))?;
    let mut tensors = Vec::new();
    for (name, view) in file.iter() {
        let (dtype, bytes) = match view.dtype() {
            Dtype::F32 => {
                let numbers = view.data().as_chunks::<4>().0.iter();
                let numbers: Vec<f16> = numbers.map(|bytes| f16::from_f32(f32::from_le_bytes(*bytes))).collect();
                if numbers.iter().any(|number| !number.is_finite()) {
                    return Err(refuse(format!("{name} has numbers too large for half precision")));
                }
                (Dtype::F16, numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
            }
            other => (other, view.data().to_vec()),
        };
        tensors.push((name, dtype, view.shape().to_vec(), bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, dtype, shape, bytes)| TensorView::new(*dtype, shape.clone(), bytes).map(|view| (name, view)));
    let views: Vec<_> = views.collect::<Result<_, _>>().map_err(|error| refuse(error.to_string()))?;
    let halved = safetensors::serialize(views, None).map_err(|error| refuse(error.to_string()))?;
    whole_file::write(path, &halved).map_err(|error| refuse(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, dtype: Dtype, bytes: &[u8]) {
        let view = TensorView::new(dtype, vec![bytes.len() * 8 / dtype.bitsize()], bytes).unwrap();
        std::fs::write(path, safetensors::serialize([("w", view)], None).unwrap()).unwrap();
    }

    #[test]
    fn numbers_are_halved_and_counters_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w");
        write(&path, Dtype::F32, &[0.5_f32, -3.25].map(f32::to_le_bytes).concat());
        halve(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        let view = file.tensor("w").unwrap();
        assert_eq!((view.dtype(), view.shape()), (Dtype::F16, &[2][..]));
        let expected: Vec<u8> =
            [0.5_f32, -3.25].iter().flat_map(|number| f16::from_f32(*number).to_le_bytes()).collect();
        assert_eq!(view.data(), expected);
        write(&path, Dtype::I64, &7_i64.to_le_bytes());
        let before = std::fs::read(&path).unwrap();
        halve(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn what_half_precision_cannot_hold_is_refused_and_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w");
        write(&path, Dtype::F32, &1e9_f32.to_le_bytes());
        let before = std::fs::read(&path).unwrap();
        assert!(halve(&path).unwrap_err().to_string().contains("too large"));
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::write(&path, b"no weights").unwrap();
        assert!(halve(&path).is_err());
    }
}
