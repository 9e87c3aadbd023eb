namespace Sed.Core.Metrics.Pairs;

/// <summary>An event whose label has become the position of its class; labels outside the class list are numbered behind it.</summary>
internal readonly record struct CodedEvent(double Onset, double Offset, int Class);
