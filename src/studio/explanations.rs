//! What each plot and setting of a training is, what is good, and what to try: the one table that their question marks
//! read.

use eframe::egui::{Response, Ui};

use super::widgets;
use crate::engine_client::curves::{Chart, Curve};

/// What an iteration and an epoch are.
pub const ITERATION: &str = "An iteration is one training step; an epoch is one pass over the data";

/// Something that is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What is trained on.
    Data,
    /// Which network.
    Network,
    /// Iterations or epochs.
    Length,
    /// Step size.
    LearningRate,
    /// Discriminator steps per generator step.
    UpdateRatio,
    /// Passages per step.
    Batch,
    /// What is minimised.
    Loss,
    /// What is random.
    Seed,
    /// Where it is computed.
    Device,
    /// Mixed or full.
    Precision,
    /// What is trained further.
    StartFrom,
    /// What the model is called.
    Name,
    /// How long it will take.
    Estimate,
    /// One step at a time.
    Steps,
    /// A wait between iterations.
    SlowMotion,
    /// What is written on the way.
    Samples,
    /// How curves are smoothed.
    Smoothing,
    /// The axis of values.
    Logarithmic,
    /// Keeping the newest in view.
    Follow,
    /// Iterations or time.
    Axis,
    /// Several runs.
    Compare,
    /// A chart of curves.
    Chart(Chart),
    /// The discriminator's loss of a network that has its own.
    OwnDiscriminatorLoss,
    /// The generator's.
    OwnGeneratorLoss,
    /// Who is ahead.
    Game,
    /// Metrics of parts.
    Parts,
    /// Measures of a finished model.
    Measures,
}

impl Topic {
    /// Its title, and about three sentences on it.
    pub const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Data => (
                "Data",
                "The pieces that the network learns to imitate: it will write what is common in them. A hundred \
                 pieces of one style do better than thousands of many. Start with a built-in corpus, then try a \
                 folder of MIDI files in which the melody is a track of its own.",
            ),
            Self::Network => (
                "Network",
                "How the model thinks: one writes step by step, voice after voice, one fills in all parts at once, one \
                 paints two bars like a picture. Autoregressive gives the best music and starts from a trained model. \
                 Try U-Net to watch a classic GAN, as in DeepComposer.",
            ),
            Self::Length => (
                "Length",
                "How long it learns. An iteration is one step of the generator and some of the discriminator (the \
                 update ratio says how many); while only one of them learns, one step of that. An epoch is one pass \
                 over the data. \
                 Enough is when the held-out curve and the similarity no longer improve. Begin with the default; \
                 you can stop at any time and keep the model, or train it further afterwards.",
            ),
            Self::LearningRate => (
                "Learning rate",
                "How far the weights move at each step. A good one makes the losses fall quickly without jumping; \
                 too large and they explode, too small and nothing happens. Try a third or three times the default, \
                 and compare both runs in the charts.",
            ),
            Self::UpdateRatio => (
                "Update ratio",
                "How many steps the discriminator learns for each step of the generator. It should stay a little \
                 ahead, so that its advice is worth following. Raise it if the two scores lie on each other from \
                 the start, lower it if iterations take too long.",
            ),
            Self::Batch => (
                "Batch",
                "How many passages each step looks at together. More make steadier steps but take longer and need \
                 memory; fewer are quick and noisy. Keep the default, and halve it if the memory does not suffice.",
            ),
            Self::Loss => (
                "Loss",
                "The rules of the game between generator and discriminator. WGAN-GP (a Wasserstein GAN with gradient \
                 penalty) is steady and its loss means something: the gap between real and generated music. Try hinge \
                 for quicker steps, and watch for curves that swing. The discriminator of the network Autoregressive \
                 always has the logistic loss: how surprised it is by which music is real and which is generated.",
            ),
            Self::Seed => (
                "Seed",
                "The number that all chance in the training follows from: the first weights, the order of the music, \
                 and which pieces are held out. The same seed with the same settings gives the same model on the same \
                 processor. Keep it while you compare settings, so that all are measured on the same held-out pieces; \
                 then try two or three others before you believe that a change made a difference.",
            ),
            Self::Device => (
                "Device",
                "Where it is computed: the processor, or a graphics card if there is one. A card is often ten times \
                 as fast. Leave it on automatic unless you need the card for something else.",
            ),
            Self::Precision => (
                "Precision",
                "Mixed precision computes convolutions with half as many bits. It is nearly twice as fast where the \
                 hardware supports it, and the music is as good. Try it with the U-Net if iterations take seconds.",
            ),
            Self::StartFrom => (
                "Start from",
                "A pretrained model to go on from (fine-tuning), instead of random weights. It then needs hundreds of \
                 iterations instead of thousands to pick up your style; Base comes with Cantus for that. Choose \
                 “From scratch” to see a network learn from \
                 nothing: the first samples will be noise.",
            ),
            Self::Name => (
                "Name",
                "What the model will be called on the Models page and in the Compose page's list. A name that says \
                 the data and the setting you changed is easiest to find again. A name that is taken gets a number.",
            ),
            Self::Estimate => (
                "Estimated time",
                "How long the training will take, from the speed of the last one of this network that was completed \
                 on this computer with the same batch and ratio. Other work on the computer and longer pieces make \
                 it slower. Without such a training, nothing honest can be said before it has run for a while.",
            ),
            Self::Steps => (
                "One step",
                "Lets one side learn for a single iteration, then pauses: you see what each does to the other. A \
                 step of the discriminator should widen the gap between the scores, one of the generator narrow it. \
                 Try five of the one, then five of the other.",
            ),
            Self::SlowMotion => (
                "Slow motion",
                "A wait after each iteration, so that you can watch the curves move. It changes nothing in the \
                 result. Turn it off when you have seen enough; waiting does not count as training time.",
            ),
            Self::Samples => (
                "What it writes",
                "The same melody set with the same noise as the network learns, beside the parts that the real piece \
                 has. Early samples are noise or very plain; good ones move like the real parts without copying \
                 them. Listen to the first, the newest and the real one in turn.",
            ),
            Self::Smoothing => (
                "Smoothing",
                "Draws each curve as a running mean over what came before, with the raw values faint behind. \
                 Losses of single batches jump; the trend is what counts. Turn it up to compare runs, and to zero \
                 to see every value.",
            ),
            Self::Logarithmic => (
                "Logarithmic",
                "Draws ten times as much as one step up, so that small and large values can be read together. It \
                 helps with losses that begin very large. Turn it off to judge differences as they are.",
            ),
            Self::Follow => (
                "Follow",
                "Keeps the newest points in view, as many as are shown now. Draw a box with the right mouse button, \
                 or turn the wheel with Ctrl, to choose how many. Drag a chart to look back; that turns it off.",
            ),
            Self::Axis => (
                "Horizontal axis",
                "Whether curves run over iterations or over the time spent training. Iterations show what each step \
                 was worth, time shows which setting got there first. Use time to compare runs whose batches or \
                 ratios differ.",
            ),
            Self::Compare => (
                "Compare with",
                "Lays other runs into the same charts, each with a colour and a mark of its own. Change one setting at \
                 a time, and you see what it does. Click a run's name above the charts to hide it. They stay beside \
                 whichever run you look at.",
            ),
            Self::Chart(chart) => of_chart(chart),
            Self::OwnDiscriminatorLoss => (
                "Loss of the discriminator",
                "How surprised the discriminator is by which music is real and which is generated (the logistic loss, \
                 lower is better for it). A guess costs 0.69 for each of the two, 1.39 together; near zero, it \
                 is never fooled. Between about 0.8 and 1.3 the game is even; if it sinks to nothing, give the \
                 generator more data or a lower update ratio.",
            ),
            Self::OwnGeneratorLoss => (
                "Loss of the generator",
                "The generator writes drafts, and a policy gradient makes those likelier that the discriminator \
                 likes better than the average draft; as praise and blame cancel out, the loss stays near zero. What \
                 it learns from the music itself, by likelihood, is the chart of reconstruction: there, lower is \
                 better. A line that jumps far from zero calls for a lower learning rate; else look at the scores.",
            ),
            Self::Game => (
                "The game between the two",
                "Where the discriminator's scores put real and generated music (pale: earlier scores): it pushes the \
                 two apart, while the generator pulls its own towards the real. A small but lasting gap is healthy; \
                 none at all means that it cannot tell them apart, a growing one that the generator falls behind. \
                 Point at a chart to see an earlier moment.",
            ),
            Self::Parts => (
                "Music, part by part",
                "A musical measure of each part of the samples, with the mean of the real pieces dashed. Lines that \
                 come close to their dashes are like the data in this respect. Look through several measures: a \
                 network can be right in one and far off in another. Below the chart stands what the chosen one is.",
            ),
            Self::Measures => (
                "Measured",
                "How near the model's music comes to pieces it has never seen, measured at the end of its training. \
                 Numbers are comparable only between models of the same data.",
            ),
        }
    }
}

const fn of_chart(chart: Chart) -> (&'static str, &'static str) {
    match chart {
        Chart::DiscriminatorLosses => (
            "Loss of the discriminator",
            "What the discriminator tries to make small, and the penalty on its slope within it. With WGAN-GP it \
             falls at first, then rises slowly towards zero as the generator catches up. If it swings or runs away, \
             try a lower learning rate.",
        ),
        Chart::GeneratorLosses => (
            "Loss of the generator",
            "What the generator tries to make small: the discriminator's score of its music, turned around. As the \
             two work against each other it never falls for good; steady without jumps is healthy. If it swings or \
             runs away, try a lower learning rate.",
        ),
        Chart::Scores => (
            "Scores by the discriminator",
            "What it gives to real and to generated music on average: above for real, below for generated. The gap \
             opens while it learns and closes as the generator improves. If the lines lie on each other from the \
             start, it needs more steps; if they drift ever further apart, the generator needs more time.",
        ),
        Chart::Similarity => (
            "Similarity to the data",
            "How like real music the samples are in rhythm, harmony, form and more, 0 to 1. The index is \
             zero as long as any property is no better than chance; the mean of all properties rises earlier. Real \
             pieces come near 1; 0.5 is already recognisable. If it stops rising, more iterations will hardly help.",
        ),
        Chart::Reconstruction => (
            "Reconstruction",
            "How badly the network predicts the notes that people wrote, in training pieces and in held-out ones: \
             the cross-entropy in nats, lower is better: 0 means it was certain and \
             right each time, 0.69 that it wavered between two notes, 2.3 between ten. Both should fall together. \
             When the held-out curve turns upwards while the other falls, it memorises (overfits): stop, or use more \
             data.",
        ),
        Chart::CopyingAndVariety => (
            "Copying and variety",
            "The share of two-bar passages that also occur in the training pieces, and how much takes of one melody \
             differ. Copying should stay near zero and variety well above it. Copying that grows calls for more \
             data; variety that falls to zero means that it has only one idea left.",
        ),
        Chart::Drafts => (
            "Discriminator and drafts",
            "How often the discriminator tells held-out music from generated (AUC: 1 is always, 0.5 is a guess), in \
             how much of the music two drafts of a melody agree, and how undecided the generator is (entropy in nats: \
             0 is certain, 0.69 wavers between two notes). An AUC that falls towards 0.5 means that the \
             music gets harder to tell apart. If agreement nears 1, all drafts are the same.",
        ),
    }
}

/// What a metric of the parts measures, in a sentence; nothing where a newer program has measured it.
pub fn of_metric(key: &str) -> &'static str {
    match key {
        "empty_bar_rate" => "The share of bars in which the part rests.",
        "pitches_used" => "How many different pitches a bar has.",
        "pitch_classes_used" => "How many different note names a bar has, octaves aside.",
        "in_scale_c_major" => "The share of notes on the white keys, as DeepComposer counted it.",
        "in_scale_key" => "The share of notes in the scale of the melody's key.",
        "scale_consistency" => "The share of notes in whichever scale fits them best.",
        "qualified_notes" => "The share of notes longer than a sixteenth: fragments are not counted.",
        "polyphony_rate" => "How often more than two notes sound at once.",
        "polyphony" => "How many notes sound at once while any does.",
        "pitch_class_entropy" => "How evenly the note names are spread, in bits: few names are near 0.",
        "groove_consistency" => "How alike the rhythms of neighbouring bars are.",
        "drum_pattern" => "How much of the kit keeps to the eighths.",
        "dissonance" => "The share of notes that clash with the melody.",
        "tonal_distance_to_melody" => "How far the harmony lies from the melody's notes: small is close.",
        _ => "",
    }
}

/// What a curve is, in a sentence.
pub const fn of_curve(curve: Curve) -> &'static str {
    match curve {
        Curve::DiscriminatorLoss => "How far the discriminator is from telling real from generated music.",
        Curve::GeneratorLoss => "How far the generator is from pleasing the discriminator.",
        Curve::GradientPenalty => "What the discriminator pays for a slope that is too steep or too flat.",
        Curve::Reconstruction => {
            "How badly it predicts the notes of pieces that it learns from (cross-entropy, in nats): lower is better, \
             and 0.69 is wavering between two notes."
        }
        Curve::HeldOutReconstruction => {
            "How badly it predicts the notes of pieces it has never seen (cross-entropy, in nats): lower is better, \
             and 0.69 is wavering between two notes."
        }
        Curve::Similarity => "How like real music it is in every respect, 0 to 1; 0 if it fails in any.",
        Curve::SimilarityMean => "How like real music it is on average over all respects, 0 to 1.",
        Curve::Copying => "The share of two-bar passages that occur in the training pieces: near 0 is good.",
        Curve::Variety => "How much takes of one melody differ, 0 to 1: 0 is always the same.",
        Curve::DiscriminatorAuc => {
            "How often it tells held-out music from generated (the area under its ROC curve): 1 is always, \
             0.5 is a guess."
        }
        Curve::Agreement => "The share of places at which two drafts of one melody have the same note or rest.",
        Curve::Entropy => {
            "How undecided the generator is at each step (entropy, in nats): 0 is certain, 0.69 wavers between two \
             notes."
        }
        Curve::RealScore => "What the discriminator gives to real music on average.",
        Curve::GeneratedScore => "What the discriminator gives to generated music on average.",
    }
}

/// What a measure on a model's card says, in a sentence; nothing where a newer program has measured it.
pub fn of_measure(key: &str) -> &'static str {
    match key {
        "similarity" => "How like real music it is in every respect, 0 to 1: higher is better.",
        "style" => "How like the style's rhythm, harmony and form it is, 0 to 1: higher is better.",
        "fit" => "How well the parts go with the melody, 0 to 1: higher is better.",
        "copying" => "The share of two-bar passages that occur in the training pieces: near 0 is good.",
        "dissonance" => "The share of notes that clash with the melody: what real pieces have is good.",
        "variety" => "How much takes of one melody differ, 0 to 1: 0 is always the same.",
        "AUC" => "How often a classifier tells its music from real music: 0.5 is a guess (best), 1 is always.",
        _ => "",
    }
}

/// The question mark of a model's measures, which explains each of these.
pub fn measures_help<'a>(ui: &mut Ui, shown: impl Iterator<Item = &'a str>) -> Response {
    let (title, text) = Topic::Measures.row();
    let explained = shown.filter(|key| !of_measure(key).is_empty()).map(|key| format!("\n{key}: {}", of_measure(key)));
    widgets::help(ui, title, &explained.fold(text.to_owned(), |text, line| text + &line))
}

/// The question mark that explains a topic.
pub fn help(ui: &mut Ui, topic: Topic) -> Response {
    let (title, text) = topic.row();
    widgets::help(ui, title, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::metrics::METRICS;

    #[test]
    fn the_seed_is_said_to_draw_what_is_held_out() {
        assert!(Topic::Seed.row().1.contains("which pieces are held out"));
    }

    #[test]
    fn every_metric_is_explained() {
        for row in &METRICS {
            assert!(!of_metric(row.key).is_empty(), "{}", row.key);
        }
        assert_eq!(of_metric("swagger"), "");
    }
}
