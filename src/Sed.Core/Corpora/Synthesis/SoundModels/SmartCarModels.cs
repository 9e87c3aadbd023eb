namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>
/// Sound models of the 17 classes of DCASE 2017 task 4, in the official order. Class weights, mean durations and shares of
/// events that last for the whole clip (from before 0.05 s to after 9.9 s) match the task's testing set (652 events in
/// 477 clips, without the unlocated events from 0 to 0).
/// </summary>
internal static class SmartCarModels
{
    internal static IReadOnlyList<SoundModel> All { get; } =
    [
        new("Train horn", 30, 2.6, 0, Horns.TrainHorn),
        new("Air horn, truck horn", 30, 3.6, 0.17, Horns.AirHorn),
        new("Car alarm", 30, 4.0, 0.09, Alarms.CarAlarm),
        new("Reversing beeps", 30, 5.4, 0.20, Alarms.ReversingBeeps),
        new("Bicycle", 30, 4.2, 0.15, Wheels.Bicycle),
        new("Skateboard", 30, 5.6, 0.24, Wheels.Skateboard),
        new("Ambulance (siren)", 32, 8.0, 0.48, Sirens.Ambulance),
        new("Fire engine, fire truck (siren)", 35, 9.1, 0.57, Sirens.FireEngine),
        new("Civil defense siren", 31, 9.3, 0.84, Sirens.CivilDefense),
        new("Police car (siren)", 35, 7.2, 0.42, Sirens.Police),
        new("Screaming", 30, 4.6, 0.33, Horns.Screaming),
        new("Car", 60, 6.7, 0.39, Engines.Car),
        new("Car passing by", 32, 7.2, 0.53, Engines.CarPassingBy),
        new("Bus", 31, 8.6, 0.69, Engines.Bus),
        new("Truck", 60, 8.8, 0.77, Engines.Truck),
        new("Motorcycle", 30, 7.7, 0.48, Engines.Motorcycle),
        new("Train", 50, 7.5, 0.46, Wheels.Train),
    ];
}
