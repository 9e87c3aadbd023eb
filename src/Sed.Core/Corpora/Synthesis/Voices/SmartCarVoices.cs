namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>
/// The 17 classes of DCASE 2017 Task 4 in the official order, each with its AudioSet identifier. The weights are the
/// numbers of clips of the real testing set, so that always saying "Car" is worth about as little as there. Mean lengths
/// and the parts that fill a clip (from before 0.05 s to after 9.9 s) are those of the strong labels released with that
/// testing set (652 events in 477 clips; rows "0 0" left out).
/// </summary>
internal static class SmartCarVoices
{
    internal static IReadOnlyList<Voice> All { get; } =
    [
        new("Train horn", "/m/0284vy3", 30, 2.6, 0, HornVoices.TrainHorn),
        new("Air horn, truck horn", "/m/05x_td", 30, 3.6, 0.17, HornVoices.AirHorn),
        new("Car alarm", "/m/02mfyn", 30, 4.0, 0.09, AlarmVoices.CarAlarm),
        new("Reversing beeps", "/m/02rhddq", 30, 5.4, 0.20, AlarmVoices.ReversingBeeps),
        new("Bicycle", "/m/0199g", 30, 4.2, 0.15, WheelVoices.Bicycle),
        new("Skateboard", "/m/06_fw", 30, 5.6, 0.24, WheelVoices.Skateboard),
        new("Ambulance (siren)", "/m/012n7d", 32, 8.0, 0.48, SirenVoices.Ambulance),
        new("Fire engine, fire truck (siren)", "/m/012ndj", 35, 9.1, 0.57, SirenVoices.FireEngine),
        new("Civil defense siren", "/m/0dgbq", 31, 9.3, 0.84, SirenVoices.CivilDefense),
        new("Police car (siren)", "/m/04qvtq", 35, 7.2, 0.42, SirenVoices.Police),
        new("Screaming", "/m/03qc9zr", 30, 4.6, 0.33, HornVoices.Screaming),
        new("Car", "/m/0k4j", 60, 6.7, 0.39, EngineVoices.Car),
        new("Car passing by", "/t/dd00134", 32, 7.2, 0.53, EngineVoices.CarPassingBy),
        new("Bus", "/m/01bjv", 31, 8.6, 0.69, EngineVoices.Bus),
        new("Truck", "/m/07r04", 60, 8.8, 0.77, EngineVoices.Truck),
        new("Motorcycle", "/m/04_sv", 30, 7.7, 0.48, EngineVoices.Motorcycle),
        new("Train", "/m/07jdr", 50, 7.5, 0.46, WheelVoices.Train),
    ];
}
