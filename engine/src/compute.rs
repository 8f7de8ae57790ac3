//! Where the arithmetic runs: what this computer has, what is taken, and its name for people.

use tch::{Cuda, Device, Kind, Tensor};

use crate::error::Error;
use cantus::engine_client::protocol::DeviceChoice;

/// libtorch's version, as it was when this was built.
pub const LIBTORCH_VERSION: &str = match option_env!("CANTUS_LIBTORCH_VERSION") {
    Some(version) => version,
    None => "of unknown version",
};

/// A device, and its name for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// For libtorch.
    pub device: Device,
    /// Such as `CPU` or `CUDA 0`, with the reason where it is not what one would expect.
    pub words: String,
}

/// Makes libtorch's CUDA half known, where it is installed. To be called before anything else of libtorch's.
///
/// A plain link never registers it, and linking it in would tie the program to machines that have it.
///
/// # Errors
/// Why it cannot be opened, in the words of the system's linker. Nothing is wrong then; there is the CPU.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "opening a library runs its initialisers; this one is the other half of the libtorch we are linked to"
)]
pub fn open_cuda() -> Result<(), String> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
    // SAFETY: libtorch_cuda.so registers its kernels with the libtorch in this process and does nothing else.
    let library = unsafe { Library::open(Some("libtorch_cuda.so"), RTLD_NOW | RTLD_GLOBAL) };
    std::mem::forget(library.map_err(|error| error.to_string())?); // it must stay for good
    Ok(())
}

/// Other systems link what they have.
///
/// # Errors
/// Never.
#[cfg(not(target_os = "linux"))]
pub fn open_cuda() -> Result<(), String> {
    Ok(())
}

/// The devices found, the best first.
pub fn devices() -> Vec<String> {
    let mut found: Vec<String> = (0..cuda_count()).map(|number| words(Device::Cuda(number))).collect();
    if tch::utils::has_mps() {
        found.push(words(Device::Mps));
    }
    found.push(words(Device::Cpu));
    found
}

/// Takes the device that was asked for; `auto` the best one that works.
///
/// # Errors
/// The device named is not there, or does not work.
pub fn choose(choice: &DeviceChoice) -> Result<Chosen, Error> {
    let take = |device| {
        let words = words(device);
        Chosen { device, words }
    };
    let named = match choice {
        DeviceChoice::Cuda(number) if *number >= cuda_count() => {
            let found = devices().join(", ");
            return Err(Error::Request(format!(
                "there is no CUDA device {number} here that libtorch can use (found: {found})"
            )));
        }
        DeviceChoice::Mps if !tch::utils::has_mps() => {
            let found = devices().join(", ");
            return Err(Error::Request(format!("libtorch cannot use MPS here (found: {found})")));
        }
        DeviceChoice::Cuda(number) => Device::Cuda(*number),
        DeviceChoice::Mps => Device::Mps,
        DeviceChoice::Auto if cuda_count() > 0 => Device::Cuda(0),
        DeviceChoice::Auto if tch::utils::has_mps() => Device::Mps,
        DeviceChoice::Auto | DeviceChoice::Cpu => return Ok(take(Device::Cpu)),
    };
    match (works(named), choice) {
        (Ok(()), _) => Ok(take(named)),
        (Err(error), DeviceChoice::Auto) => Ok(Chosen {
            device: Device::Cpu,
            words: format!("CPU ({} does not work: {})", words(named), first_line(&error.to_string())),
        }),
        (Err(error), _) => {
            Err(Error::Request(format!("{} does not work: {}", words(named), first_line(&error.to_string()))))
        }
    }
}

/// Limits the threads that libtorch takes for one operation.
pub fn set_threads(threads: usize) {
    tch::set_num_threads(i32::try_from(threads.clamp(1, 1024)).unwrap_or(1));
}

fn cuda_count() -> usize {
    if Cuda::is_available() { Cuda::device_count().max(0) as usize } else { 0 }
}

fn words(device: Device) -> String {
    match device {
        Device::Cpu => "CPU".into(),
        Device::Cuda(number) => format!("CUDA {number}"),
        Device::Mps => "MPS".into(),
        Device::Vulkan => "Vulkan".into(),
    }
}

/// Whether a device can do a little of what networks do.
fn works(device: Device) -> Result<(), tch::TchError> {
    let input = Tensor::f_ones([1, 1, 8, 8], (Kind::Float, device))?;
    let kernel = Tensor::f_ones([1, 1, 4, 4], (Kind::Float, device))?;
    let output = input.f_conv2d(&kernel, None::<Tensor>, [1, 1], [0, 0], [1, 1], 1)?;
    output.f_sum(Kind::Float)?.f_double_value(&[]).map(|_| ())
}

/// libtorch's messages go on with a stack of C++ frames.
fn first_line(message: &str) -> &str {
    message.lines().find(|line| !line.trim().is_empty()).unwrap_or(message).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_always_there_and_works() {
        assert_eq!(devices().last().map(String::as_str), Some("CPU"));
        assert_eq!(choose(&DeviceChoice::Cpu).unwrap().device, Device::Cpu);
        works(Device::Cpu).unwrap();
        choose(&DeviceChoice::Auto).unwrap();
    }

    #[test]
    fn a_device_that_is_not_there_is_refused_by_name() {
        let message = choose(&DeviceChoice::Cuda(63)).unwrap_err().to_string();
        assert!(message.contains("CUDA device 63") && message.contains("CPU"), "{message}");
    }
}
