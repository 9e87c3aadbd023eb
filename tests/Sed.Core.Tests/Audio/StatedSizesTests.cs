using Sed.Core.Audio;

namespace Sed.Core.Tests.Audio;

/// <summary>Cut files in formats that ffmpeg decodes without an error.</summary>
public sealed class StatedSizesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("w64")]
    [InlineData("caf")]
    [InlineData("au")]
    [InlineData("opus")]
    public void A_cut_file_of_a_format_that_ffmpeg_decodes_is_an_error(string extension)
    {
        AudioFileTests.RequireFfmpeg();
        File.WriteAllBytes(folder.File("whole.wav"), ToneFiles.Wav());
        var path = folder.File($"tone.{extension}");
        string[] options = ["-v", "error", "-stream_loop", "20", "-i", folder.File("whole.wav"), path];
        using (var ffmpeg = System.Diagnostics.Process.Start("ffmpeg", options))
            ffmpeg.WaitForExit();
        Assert.SkipUnless(File.Exists(path), $"This ffmpeg does not write {extension}.");
        Assert.InRange(AudioFile.Read(path).DurationSeconds, 20.9, 21.1);
        var bytes = File.ReadAllBytes(path);
        foreach (var kept in (int[])[bytes.Length * 6 / 10, bytes.Length / 2, (bytes.Length * 9 / 10) + 1, 30])
        {
            File.WriteAllBytes(path, bytes[..kept]);
            Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        }
    }
}
