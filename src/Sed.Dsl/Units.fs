namespace Sed

/// Seconds.
[<Measure>]
type s

/// Milliseconds.
[<Measure>]
type ms

/// Hertz.
[<Measure>]
type Hz
