using System.Text;
using Sed.Core.Audio;

namespace Sed.Core.Tests.Audio;

/// <summary>Files that are no audio under the names of recordings.</summary>
public sealed class OtherContentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 16044\n", "this is a Git LFS pointer")]
    [InlineData("/annex/objects/MD5E-s16044--d41d8cd98f00b204e9800998ecf8427e.wav\n", "this is a git-annex pointer")]
    [InlineData("<!DOCTYPE html><html><head><title>404</title></head></html>\n", "this is a web page")]
    [InlineData("\uFEFF\r\n<!-- moved -->\n<HTML><body>gone</body></HTML>", "this is a web page")]
    [InlineData(
        "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        "this is an XML document instead of a recording (AccessDenied)"
    )]
    [InlineData("{\"error\": {\"code\": 403}}", "this is JSON instead of a recording ({\"error\": {\"code\": 403}})")]
    [InlineData("Too many requests\n", "this is text instead of a recording: it starts with 'Too many req...'")]
    [InlineData("#EXTM3U\nhttp://example.org/a.mp3\n", "this is text instead of a recording")]
    public void Text_under_the_name_of_a_recording_is_named(string text, string cause)
    {
        foreach (var name in AudioFile.Extensions.Select(extension => $"a{extension}").Append("a.WAV"))
            Assert.StartsWith(cause, Refused(name, Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Archives_images_and_zeros_under_the_name_of_a_recording_are_named()
    {
        var rest = new byte[100];
        Assert.Equal(
            "this is a gzip archive instead of a recording; unpack it",
            Refused("a.mp3", [0x1F, 0x8B, .. rest])
        );
        Assert.Equal("this is a ZIP archive instead of a recording; unpack it", Refused("a.wav", [.. "PK"u8, 3, 4]));
        Assert.Equal("this is a PNG image instead of a recording", Refused("a.ogg", [0x89, .. "PNG"u8, .. rest]));
        Assert.StartsWith("the file has only zero bytes instead of a header", Refused("a.flac", new byte[4096]));
        Assert.StartsWith("the file is empty", Refused("a.mp3", []));
        Assert.StartsWith(
            "this is a web page",
            Refused("a.wav", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<html><body>not found</body></html>")])
        );
    }

    private string Refused(string name, byte[] content)
    {
        File.WriteAllBytes(folder.File(name), content);
        return Assert.Throws<AudioFormatException>(() => AudioFile.Read(folder.File(name))).Cause;
    }
}
