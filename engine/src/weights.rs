//! Weights as safetensors files: first values, saving whole or not at all, and loading what fits exactly.
//!
//! A file from outside decides nothing here: names, shapes and sizes are the network's, and what differs is refused.

use std::path::Path;

use safetensors::{Dtype, SafeTensors};
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use crate::error::Error;
use crate::random::Source;
use cantus::engine_client::model_card::{CRITIC_FILE, GENERATOR_FILE};
use cantus::whole_file::WholeFile;

/// How many bytes of names and shapes a file may begin with.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// The tensors of a store by name, in the order of their names (the store itself has no order).
pub fn sorted(store: &VarStore) -> Vec<(String, Tensor)> {
    let mut variables: Vec<_> = store.variables().into_iter().collect();
    variables.sort_by(|(a, _), (b, _)| a.cmp(b));
    variables
}

/// The tensors of a store that are trained, in the order of their names.
pub fn trainable(store: &VarStore) -> Vec<(String, Tensor)> {
    let mut variables = sorted(store);
    variables.retain(|(_, tensor)| tensor.requires_grad());
    variables
}

/// How many numbers a store holds, and how many of them are trained.
pub fn count(store: &VarStore) -> (usize, usize) {
    let total = |variables: Vec<(String, Tensor)>| variables.iter().map(|(_, tensor)| tensor.numel()).sum();
    (total(sorted(store)), total(trainable(store)))
}

/// Glorot's uniform first values for all kernels (Glorot and Bengio 2010): what has two dimensions or more.
/// Biases and norms keep the values they were made with.
pub fn glorot_uniform(store: &VarStore, source: &mut Source) {
    tch::no_grad(|| {
        for (_, mut tensor) in trainable(store) {
            let shape = tensor.size();
            if shape.len() < 2 {
                continue;
            }
            let cells: i64 = shape[2..].iter().product();
            let limit = (6.0 / ((shape[0] + shape[1]) * cells) as f32).sqrt();
            tensor.copy_(&source.uniform_tensor(&shape, -limit, limit, store.device()));
        }
    });
}

/// Loads the weights of another model to start from; its critic may be missing.
///
/// # Errors
/// The model is not one of the same network and parts.
pub fn start_from(folder: &Path, generator: &VarStore, critic: Option<&VarStore>) -> Result<(), Error> {
    load(&folder.join(GENERATOR_FILE), &sorted(generator))?;
    let file = folder.join(CRITIC_FILE);
    match critic {
        Some(store) if file.exists() => load(&file, &sorted(store)),
        _ => Ok(()),
    }
}

/// Copies every tensor of a store to another of the same network.
pub fn copy(from: &VarStore, to: &VarStore) {
    tch::no_grad(|| {
        for ((_, source), (_, mut target)) in sorted(from).into_iter().zip(sorted(to)) {
            target.copy_(&source);
        }
    });
}

/// Brings the trained tensors of a store nearer to another's: a running mean, of which so much stays.
pub fn average(mean: &VarStore, of: &VarStore, keep: f64) {
    tch::no_grad(|| {
        for ((_, mut mean), (_, new)) in sorted(mean).into_iter().zip(sorted(of)) {
            let _ = mean.lerp_(&new, 1.0 - keep);
        }
    });
}

/// Saves tensors whole or not at all: a reader finds the old file or the new one.
///
/// # Errors
/// What libtorch or the system says.
pub fn save(path: &Path, tensors: &[(String, Tensor)], kind: Kind) -> Result<(), Error> {
    let still: Vec<(String, Tensor)> = tch::no_grad(|| {
        let plain = |tensor: &Tensor| {
            let tensor = tensor.detach().to_device(Device::Cpu);
            let tensor = if tensor.is_floating_point() { tensor.to_kind(kind) } else { tensor };
            tensor.contiguous()
        };
        tensors.iter().map(|(name, tensor)| (name.clone(), plain(tensor))).collect()
    });
    let write = || -> std::io::Result<()> {
        let file = WholeFile::create(path)?;
        Tensor::write_safetensors(&still, file.path()).map_err(std::io::Error::other)?;
        file.keep()
    };
    write().map_err(|source| Error::Io { doing: "saving weights", source, path: path.to_owned() })
}

/// Loads a file into the tensors of the same names, all of them and of exactly their shapes; full and half precision
/// are read.
///
/// # Errors
/// The file cannot be read, or is not for these tensors.
pub fn load(path: &Path, targets: &[(String, Tensor)]) -> Result<(), Error> {
    let refuse = |reason: String| Error::File { reason, path: path.to_owned() };
    let io = |source| Error::Io { doing: "reading weights", source, path: path.to_owned() };
    // eight bytes is the most a number of ours takes
    let limit = targets.iter().map(|(_, tensor)| tensor.numel() as u64 * 8).sum::<u64>() + MAX_HEADER_BYTES;
    let metadata = std::fs::metadata(path).map_err(io)?;
    if !metadata.is_file() || metadata.len() > limit {
        return Err(refuse("the weights are larger than this network's".into()));
    }
    let bytes = std::fs::read(path).map_err(io)?;
    let file =
        SafeTensors::deserialize(&bytes).map_err(|error| refuse(format!("the weights cannot be read ({error})")))?;
    let mut loaded = Vec::with_capacity(targets.len());
    for (name, target) in targets {
        let view = file.tensor(name).map_err(|_| refuse(format!("the weights have no {name}")))?;
        let shape: Vec<i64> = view.shape().iter().map(|&length| length as i64).collect();
        if shape != target.size() {
            return Err(refuse(format!("{name} has the shape {shape:?} where {:?} belongs", target.size())));
        }
        let kind = match view.dtype() {
            Dtype::F32 => Kind::Float,
            Dtype::F16 => Kind::Half,
            Dtype::I64 => Kind::Int64,
            other => return Err(refuse(format!("{name} has numbers of the kind {other:?}"))),
        };
        let tensor = Tensor::f_from_data_size(view.data(), &shape, kind)?;
        let finite = kind == Kind::Int64 || tensor.isfinite().all().int64_value(&[]) == 1;
        if !finite {
            return Err(refuse(format!("{name} has values that are no numbers")));
        }
        loaded.push(tensor);
    }
    tch::no_grad(|| {
        for ((_, target), tensor) in targets.iter().zip(&loaded) {
            target.shallow_clone().f_copy_(tensor)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensors(values: &[f32]) -> Vec<(String, Tensor)> {
        vec![("a.weight".into(), Tensor::from_slice(values).view([2, -1]))]
    }

    #[test]
    fn weights_come_back_exactly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.safetensors");
        let saved = tensors(&[0.1, -2.5, 3e-20, 4.0]);
        save(&path, &saved, Kind::Float).unwrap();
        let target = tensors(&[0.0; 4]);
        load(&path, &target).unwrap();
        assert_eq!(target[0].1, saved[0].1);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left on its way");
    }

    #[test]
    fn what_does_not_fit_is_refused_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.safetensors");
        let target = tensors(&[7.0; 4]);
        let reason = |path: &Path| load(path, &target).unwrap_err().to_string();
        assert!(reason(&path).contains("reading weights"));
        save(&path, &tensors(&[0.0; 6]), Kind::Float).unwrap();
        assert!(reason(&path).contains("shape [2, 3]"));
        save(&path, &tensors(&[0.0, f32::NAN, 0.0, 0.0]), Kind::Float).unwrap();
        assert!(reason(&path).contains("no numbers"));
        save(&path, &[("b".into(), Tensor::from_slice(&[0.0_f32; 4]))], Kind::Float).unwrap();
        assert!(reason(&path).contains("no a.weight"));
        std::fs::write(&path, [0xFF; 64]).unwrap();
        assert!(reason(&path).contains("cannot be read"));
        std::fs::write(&path, vec![0; 3 << 20]).unwrap();
        assert!(reason(&path).contains("larger"));
        assert_eq!(target[0].1, tensors(&[7.0; 4])[0].1);
    }
}
