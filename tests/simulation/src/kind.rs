//! What goes wrong on purpose.

/// What can go wrong. Each has to happen in some run of a few hundred, or the simulation would prove less than it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A transaction conflict.
    Conflict,
    /// A throttled write.
    Throttled,
    /// A write whose answer is lost.
    AnswerLost,
    /// A write that does not get there.
    NotApplied,
    /// A write that the SDK sends twice.
    SentTwice,
    /// A transaction that is said to be in progress while it is applied.
    InProgress,
    /// A function that dies before a write.
    KilledBefore,
    /// A function that dies after a write.
    KilledAfter,
    /// A function that dies, and its write arrives seconds later.
    WriteLate,
    /// A function that stands still beyond its time-out.
    Stalled,
    /// A function that is done, and whose answer is lost.
    ResultLost,
    /// A function that is not even begun.
    NeverBegun,
    /// A function that is run twice.
    InvokedTwice,
    /// A function whose clock is off by up to two seconds, or twenty.
    ClockOff,
    /// The clock of all functions jumps.
    ClockJumped,
    /// A step of the workflow of which no try is answered.
    StepDown,
    /// A run that someone stops on its way.
    RunStopped,
    /// A run is started, and whoever started it hears of an error.
    StartUnheard,
    /// A run is not started.
    StartLost,
    /// A task is told to go on, and whoever told it hears of an error.
    WakeUnheard,
    /// A task is not told to go on.
    WakeLost,
    /// A message that the queue takes, and whoever sent it hears of an error.
    SendUnheard,
    /// A message that the queue does not take.
    SendLost,
    /// A message or event that is delivered twice.
    DeliveredTwice,
    /// A message, event or webhook that comes late, and so out of order.
    DeliveredLate,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::Conflict,
        Self::Throttled,
        Self::AnswerLost,
        Self::NotApplied,
        Self::SentTwice,
        Self::InProgress,
        Self::KilledBefore,
        Self::KilledAfter,
        Self::WriteLate,
        Self::Stalled,
        Self::ResultLost,
        Self::NeverBegun,
        Self::InvokedTwice,
        Self::ClockOff,
        Self::ClockJumped,
        Self::StepDown,
        Self::RunStopped,
        Self::StartUnheard,
        Self::StartLost,
        Self::WakeUnheard,
        Self::WakeLost,
        Self::SendUnheard,
        Self::SendLost,
        Self::DeliveredTwice,
        Self::DeliveredLate,
    ];

    /// Of ten thousand chances in a mild run, in how many it happens.
    pub(crate) fn share(self) -> u64 {
        match self {
            Self::Conflict => 300,
            Self::Throttled => 100,
            Self::AnswerLost | Self::NotApplied => 40,
            Self::SentTwice | Self::InProgress => 60,
            Self::KilledBefore | Self::KilledAfter => 40,
            Self::WriteLate | Self::Stalled => 20,
            Self::ResultLost | Self::NeverBegun => 60,
            Self::InvokedTwice => 100,
            Self::ClockOff => 2_000,
            Self::ClockJumped => 300,
            Self::StepDown => 3_500,
            Self::RunStopped => 600,
            Self::StartUnheard | Self::StartLost | Self::WakeUnheard | Self::WakeLost => 400,
            Self::SendUnheard | Self::SendLost => 300,
            Self::DeliveredTwice => 500,
            Self::DeliveredLate => 400,
        }
    }
}
