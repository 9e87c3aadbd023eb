using Sed.Core.Corpora;

namespace Sed.Core.Tests.Corpora;

public sealed class CorpusFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_header_of_a_list_is_read_once()
    {
        File.WriteAllText(folder.File("train.tsv"), "filename\tevent_label\n");
        var corpus = CorpusFolder.Open(folder.Path);
        Assert.Equal(ListKind.Weak, corpus.HeaderOf(corpus.Files[0]).Kind);
        File.WriteAllText(folder.File("train.tsv"), "filename\n");
        Assert.Equal(ListKind.Weak, corpus.HeaderOf(corpus.Files[0]).Kind);
    }
}
