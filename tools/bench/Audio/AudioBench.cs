using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NAudio.Wave;
using NLayer;
using NVorbis;
using Sed.Core.Audio;

namespace Sed.Bench;

/// <summary>Decoding rates of our decoders, of NAudio (NLayer, NVorbis) and of ffmpeg on the same files. Needs ffmpeg.</summary>
internal static class AudioBench
{
    private const int Seconds = 60;
    private const int Rounds = 3;

    private static readonly (string Name, string Options)[] files =
    [
        ("WAV 16 bit mono", "-ac 1 -c:a pcm_s16le mono.wav"),
        ("WAV 16 bit stereo", "-c:a pcm_s16le stereo.wav"),
        ("WAV 24 bit stereo", "-c:a pcm_s24le wide.wav"),
        ("WAV mu-law stereo", "-c:a pcm_mulaw mulaw.wav"),
        ("AIFF 16 bit stereo", "-c:a pcm_s16be stereo.aiff"),
        ("MP3 128 kbit/s stereo", "-c:a libmp3lame -b:a 128k constant.mp3"),
        ("MP3 variable stereo", "-c:a libmp3lame -q:a 2 variable.mp3"),
        ("Ogg Vorbis stereo", "-c:a libvorbis -q:a 4 stereo.ogg"),
        ("FLAC 16 bit stereo", "-c:a flac -sample_fmt s16 stereo.flac"),
        ("FLAC 24 bit stereo", "-c:a flac -sample_fmt s32 wide.flac"),
    ];

    /// <summary>
    /// Prints for each file the seconds of audio that each decoder reads per second, the ratios of these rates, the
    /// differences in length, and the largest difference from ffmpeg's samples. Also runs <see cref="ResamplerBench"/>.
    /// </summary>
    internal static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("sed-bench-audio-");
        try
        {
            Console.WriteLine(
                $"{"file", -24}{"ours", 9}{"NAudio", 9}{"ffmpeg", 9}{"ours/NAudio", 13}{"ours/ffmpeg", 13}"
                    + $"{"samples more than", 19}{"largest", 11}"
            );
            Console.WriteLine($"{"", -24}{"times real time", 27}{"", 26}{"NAudio, ffmpeg", 19}{"difference", 11}");
            foreach (var (name, options) in files)
                Compare(folder.FullName, name, options);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        ResamplerBench.Run();
        return 0;
    }

    private static void Compare(string folder, string name, string options)
    {
        var path = Path.Combine(folder, options.Split(' ')[^1]);
        const string Noise = @"0.3*(random(0)-0.5)+0.3*sin(2*PI*440*t)*gt(mod(t\,0.7)\,0.4)";
        const string Tone = @"0.4*sin(2*PI*1234*t)*gt(mod(t\,0.5)\,0.2)";
        var make = $"-f lavfi -i aevalsrc={Noise}|{Tone}:s=44100:d={Seconds} {options}".Split(' ');
        RunFfmpeg([.. make[..^1], path]);
        var (ours, theirs, ffmpeg) = (new Fastest(), new Fastest(), new Fastest());
        float[] a = [],
            b = [],
            c = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(() => a = AudioFile.Read(path).Samples);
            if (Path.GetExtension(path) != ".flac") // NAudio does not read FLAC
                theirs.Add(() => b = ReadWithNAudio(path));
            ffmpeg.Add(() => c = ReadWithFfmpeg(path, a.Length));
        }
        var difference = a.Zip(c, (x, y) => Math.Abs(x - y)).DefaultIfEmpty().Max();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name, -24}{Seconds / ours.Seconds, 9:F0}{Of(theirs, Seconds / theirs.Seconds, "F0"), 9}{Seconds / ffmpeg.Seconds, 9:F0}"
                    + $"{Of(theirs, theirs.Seconds / ours.Seconds, "F2"), 13}{ffmpeg.Seconds / ours.Seconds, 13:F2}"
                    + $"{Of(theirs, a.Length - b.Length, "F0"), 10}, {a.Length - c.Length, 7}{difference, 11:E1}"
            )
        );
    }

    private static string Of(Fastest timed, double value, string format) =>
        timed.Seconds < double.MaxValue ? value.ToString(format, CultureInfo.InvariantCulture) : "-";

    private static float[] ReadWithNAudio(string path)
    {
        switch (Path.GetExtension(path))
        {
            case ".ogg":
                using (var vorbis = new VorbisReader(path))
                    return ReadAll(vorbis.ReadSamples, vorbis.Channels);
            case ".mp3":
                using (var mp3 = new Mp3FileReaderBase(path, format => new NLayerDecompressor(format)))
                    return ReadAll(mp3.ToSampleProvider());
            case ".aiff":
                using (var aiff = new AiffFileReader(path))
                    return ReadAll(aiff.ToSampleProvider());
            default:
                using (var wav = new WaveFileReader(path))
                    return wav.WaveFormat.Encoding == WaveFormatEncoding.MuLaw
                        ? ReadMuLaw(wav)
                        : ReadAll(wav.ToSampleProvider());
        }
    }

    private static float[] ReadMuLaw(WaveFileReader wav)
    {
        var bytes = new byte[wav.Length];
        wav.ReadExactly(bytes);
        var linear = new short[bytes.Length];
        NAudio.Codecs.MuLawDecoder.Decode(bytes, linear);
        var channels = wav.WaveFormat.Channels;
        var mono = new float[linear.Length / channels];
        SampleFormat.Average(Array.ConvertAll(linear, sample => sample / 32_768f), channels, mono);
        return mono;
    }

    private static float[] ReadAll(ISampleProvider source) => ReadAll(source.Read, source.WaveFormat.Channels);

    private static float[] ReadAll(ReadSamples read, int channels)
    {
        var mono = new List<float>();
        var block = new float[16_384 * channels];
        var averaged = new float[16_384];
        for (int got; (got = read(block)) > 0; )
        {
            SampleFormat.Average(block.AsSpan(0, got), channels, averaged.AsSpan(0, got / channels));
            mono.AddRange(averaged.AsSpan(0, got / channels));
        }
        return [.. mono];
    }

    private delegate int ReadSamples(Span<float> target);

    private static float[] ReadWithFfmpeg(string path, int expected)
    {
        using var ffmpeg = Start([.. "-i".Split(' '), path, .. "-c:a pcm_f32le -f f32le pipe:1".Split(' ')]);
        var channels = path.Contains("mono", StringComparison.Ordinal) ? 1 : 2;
        var samples = new float[(expected + 10_000) * channels];
        var got = ffmpeg.StandardOutput.BaseStream.ReadAtLeast(
            MemoryMarshal.AsBytes(samples.AsSpan()),
            samples.Length * sizeof(float),
            throwOnEndOfStream: false
        );
        var mono = new float[got / sizeof(float) / channels];
        SampleFormat.Average(samples.AsSpan(0, mono.Length * channels), channels, mono);
        return mono;
    }

    private static void RunFfmpeg(string[] arguments)
    {
        using var ffmpeg = Start(arguments);
        ffmpeg.WaitForExit();
        if (ffmpeg.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg {string.Join(' ', arguments)} failed.");
    }

    private static Process Start(string[] arguments) =>
        Process.Start(
            new ProcessStartInfo("ffmpeg", ["-v", "error", "-nostdin", "-y", .. arguments])
            {
                RedirectStandardOutput = true,
            }
        )!;
}

/// <summary>Decodes MP3 frames with NLayer. NAudio divides the file into frames.</summary>
/// <param name="format">The format of the first frame.</param>
internal sealed class NLayerDecompressor(WaveFormat format) : IMp3FrameDecompressor
{
    private readonly MpegFrameDecoder decoder = new();
    private readonly MpegFrame input = new();

    public WaveFormat OutputFormat { get; } = WaveFormat.CreateIeeeFloatWaveFormat(format.SampleRate, format.Channels);

    public int DecompressFrame(Mp3Frame frame, byte[] dest, int destOffset)
    {
        if (!MpegFrameHeader.TryParse(frame.RawData, out var header))
            return 0;
        input.Set(header, frame.RawData);
        return decoder.DecodeFrame(input, dest, destOffset);
    }

    public int DecompressFrame(Mp3Frame frame, Span<byte> dest)
    {
        if (!MpegFrameHeader.TryParse(frame.RawData, out var header))
            return 0;
        input.Set(header, frame.RawData);
        return decoder.DecodeFrame(input, dest);
    }

    public void Reset() => decoder.Reset();

    public void Dispose() { }
}
