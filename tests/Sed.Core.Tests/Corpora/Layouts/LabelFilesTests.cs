using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora.Layouts;

public sealed class LabelFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("\n", "\n")]
    [InlineData("\r\n", "\r\n")]
    [InlineData("\r", "\r")]
    [InlineData("\n", "\r")]
    [InlineData("\r", "\r\n")]
    public void An_invalid_row_is_left_out_whatever_the_line_ends_are(string first, string others)
    {
        var list = folder.File("strong.tsv");
        File.WriteAllText(
            list,
            $"filename\tonset\toffset\tevent_label{first}a.wav\t0\t1\tCar{others}b.wav\tx\t1\tCar{others}c.wav\t0\t1\tBus{others}"
        );
        LabelFiles files = new();
        Assert.Equal(["a.wav", "c.wav"], files.Events(list)!.Files);
        var problem = Assert.Single(files.Problems);
        Assert.Equal($"{list}, line 3: the onset \"x\" is not a number", problem.ToString());
    }
}
