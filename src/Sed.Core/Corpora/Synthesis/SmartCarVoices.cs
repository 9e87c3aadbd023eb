namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// The 17 classes of DCASE 2017 Task 4 in the official order, each with its AudioSet identifier. The weights are
/// the numbers of clips of the real testing set, so that always saying "Car" is worth about as little as there.
/// </summary>
internal static class SmartCarVoices
{
    internal static IReadOnlyList<Voice> All { get; } =
    [
        new("Train horn", "/m/0284vy3", 30, 1.0, 4.0, HornVoices.TrainHorn),
        new("Air horn, truck horn", "/m/05x_td", 30, 0.7, 3.0, HornVoices.AirHorn),
        new("Car alarm", "/m/02mfyn", 30, 2.0, 6.0, SirenVoices.CarAlarm),
        new("Reversing beeps", "/m/02rhddq", 30, 2.0, 6.0, SirenVoices.ReversingBeeps),
        new("Bicycle", "/m/0199g", 30, 2.0, 6.0, WheelVoices.Bicycle),
        new("Skateboard", "/m/06_fw", 30, 2.0, 6.0, WheelVoices.Skateboard),
        new("Ambulance (siren)", "/m/012n7d", 32, 2.5, 7.0, SirenVoices.Ambulance),
        new("Fire engine, fire truck (siren)", "/m/012ndj", 35, 3.0, 8.0, SirenVoices.FireEngine),
        new("Civil defense siren", "/m/0dgbq", 31, 4.0, 9.0, SirenVoices.CivilDefense),
        new("Police car (siren)", "/m/04qvtq", 35, 2.5, 7.0, SirenVoices.Police),
        new("Screaming", "/m/03qc9zr", 30, 0.7, 2.5, HornVoices.Screaming),
        new("Car", "/m/0k4j", 60, 3.0, 10.0, EngineVoices.Car),
        new("Car passing by", "/t/dd00134", 32, 3.0, 6.0, EngineVoices.CarPassingBy),
        new("Bus", "/m/01bjv", 31, 4.0, 9.0, EngineVoices.Bus),
        new("Truck", "/m/07r04", 60, 4.0, 10.0, EngineVoices.Truck),
        new("Motorcycle", "/m/04_sv", 30, 2.0, 6.0, EngineVoices.Motorcycle),
        new("Train", "/m/07jdr", 50, 4.0, 9.0, WheelVoices.Train),
    ];
}
