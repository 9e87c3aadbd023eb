using Sed.Core.Corpora;

namespace Sed.Core.Tests.Corpora;

public sealed class FileCacheTests : IDisposable
{
    private static readonly DateTime LongAgo = DateTime.UtcNow.AddDays(-1);
    private readonly TemporaryFolder folder = new();
    private readonly FileCache<string> cache;
    private int computed;

    public FileCacheTests() =>
        cache = new FileCache<string>(
            "words 1",
            (path, _) =>
            {
                Interlocked.Increment(ref computed);
                return File.ReadAllText(path);
            },
            text => text == "secret" ? null : text,
            (text, _) => text == "invalid" ? null : text
        );

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Only_new_and_changed_files_are_read_again()
    {
        Write("a", "one");
        Write("b", "two");
        Expect(2, "one", "two");
        Expect(0, "one", "two");
        Write("a", "ONE", LongAgo.AddHours(1));
        Expect(1, "ONE", "two");
        Write("b", "longer");
        Expect(1, "ONE", "longer");
        // Same size and time.
        Write("a", "1ne", LongAgo.AddHours(1));
        Expect(0, "ONE", "longer");
    }

    [Fact]
    public void A_file_written_within_two_seconds_is_read_again()
    {
        Write("a", "one", DateTime.UtcNow);
        Expect(1, "one");
        Expect(1, "one");
        Write("a", "one", DateTime.UtcNow.AddSeconds(-3));
        Expect(1, "one");
        Expect(0, "one");
    }

    [Fact]
    public void A_link_has_the_size_and_time_of_its_target()
    {
        var target = folder.File("target");
        File.WriteAllText(target, "one");
        File.SetLastWriteTimeUtc(target, LongAgo);
        File.CreateSymbolicLink(folder.File("corpus", "a"), target);
        Expect(1, "one");
        Expect(0, "one");
        File.WriteAllText(target, "two");
        File.SetLastWriteTimeUtc(target, LongAgo.AddSeconds(1));
        Expect(1, "two");
    }

    [Fact]
    public void The_folder_can_be_named_relatively()
    {
        Write("a", "one");
        Expect(1, "one");
        var root = Path.GetRelativePath(Environment.CurrentDirectory, Root);
        Assert.Equal(["one"], cache.ValuesOf(root, [Path.Combine(root, "a")], Tables));
        Assert.Equal(0, Computed());
    }

    [Fact]
    public void Entries_are_kept_while_their_files_exist()
    {
        Write("a", "one");
        Write("b", "two");
        Write("c", "three");
        Expect(3, "one", "two", "three");
        File.Delete(Path.Combine(Root, "b"));
        Write("d", "four");
        cache.ValuesOf(Root, [Path.Combine(Root, "d")], Tables);
        Assert.Equal(
            ["a", "c", "d"],
            File.ReadLines(Table).Where(line => !line.StartsWith('#')).Select(line => line.Split('\t')[0])
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("# words 1\n")]
    [InlineData("# words 1\na\tno number\n# sha256 0\n")]
    [InlineData("\0\0\0")]
    public void A_damaged_table_is_replaced(string content)
    {
        Write("a", "one");
        Expect(1, "one");
        File.WriteAllText(Table, content);
        Expect(1, "one");
        Expect(0, "one");
    }

    [Fact]
    public void A_table_in_which_any_character_changed_or_is_missing_is_not_used()
    {
        Write("a", "one");
        Expect(1, "one");
        var table = File.ReadAllText(Table);
        for (var i = 0; i < table.Length; i++)
        {
            File.WriteAllText(Table, table[..i] + (char)(table[i] ^ 1) + table[(i + 1)..]);
            Expect(1, "one");
            File.WriteAllText(Table, table[..i]);
            Expect(1, "one");
        }
    }

    [Fact]
    public void Tables_of_another_version_are_not_used()
    {
        Write("a", "one");
        Expect(1, "one");
        var other = new FileCache<string>("words 2", (_, _) => "other", text => text, (text, _) => text);
        Assert.Equal(["other"], other.ValuesOf(Root, [Path.Combine(Root, "a")], Tables));
        Expect(1, "one");
    }

    [Fact]
    public void Values_without_a_text_and_texts_without_a_value_are_computed_again()
    {
        Write("a", "secret");
        Write("b", "invalid");
        Expect(2, "secret", "invalid");
        Expect(2, "secret", "invalid");
    }

    [Fact]
    public void Without_a_folder_and_in_one_that_cannot_be_written_values_are_computed()
    {
        Write("a", "one");
        foreach (var tables in (string?[])[null, "/proc/none"])
            for (var i = 0; i < 2; i++)
            {
                Assert.Equal(["one"], cache.ValuesOf(Root, [Path.Combine(Root, "a")], tables));
                Assert.Equal(1, Computed());
            }
    }

    [Fact]
    public void Values_computed_before_a_cancellation_are_cached()
    {
        foreach (var i in Enumerable.Range(0, 50))
            Write($"{i:D2}", "value");
        var paths = Directory.GetFiles(Root).Order().ToArray();
        using CancellationTokenSource stop = new();
        var progress = new Progress(done =>
        {
            if (done >= 20)
                stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => cache.ValuesOf(Root, paths, Tables, progress, stop.Token));
        var before = Computed();
        cache.ValuesOf(Root, paths, Tables);
        Assert.Equal(50 - before, Computed());
    }

    [Fact]
    public void Several_processes_can_use_one_table()
    {
        var names = Enumerable.Range(0, 40).Select(i => $"{i:D2}").ToArray();
        foreach (var name in names)
            Write(name, name);
        var paths = Array.ConvertAll(names, name => Path.Combine(Root, name));
        // Readers while another one replaces the table.
        Parallel.For(
            0,
            4,
            reader =>
            {
                for (var round = 0; round < 20; round++)
                    if (reader > 0)
                        Assert.Equal(names, cache.ValuesOf(Root, paths, Tables));
                    else
                    {
                        File.SetLastWriteTimeUtc(paths[round], LongAgo.AddSeconds(-round));
                        Assert.Equal(names, cache.ValuesOf(Root, paths, Tables));
                    }
            }
        );
    }

    private string Root => Path.Combine(folder.Path, "corpus");

    private string Tables => Path.Combine(folder.Path, "tables");

    private string Table => cache.TablePath(Tables, Root);

    private void Write(string name, string text, DateTime? time = null)
    {
        var path = folder.File("corpus", name);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, time ?? LongAgo);
    }

    private void Expect(int read, params string[] values)
    {
        var paths = Directory.GetFiles(Root).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(values, cache.ValuesOf(Root, paths, Tables));
        Assert.Equal(read, Computed());
    }

    private int Computed() => Interlocked.Exchange(ref computed, 0);

    private sealed class Progress(Action<int> report) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value) => report(value.Done);
    }
}
