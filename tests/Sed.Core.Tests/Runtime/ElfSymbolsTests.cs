using System.Text;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Tests.Runtime;

/// <summary>Whether a libtorch can stand in for the packaged one, by the tables of the packaged libraries and altered copies.</summary>
public sealed class ElfSymbolsTests : IDisposable
{
    // at::set_num_threads(int), as compilers on Linux name it.
    private const string SetThreads = "_ZN2at15set_num_threadsEi";

    private readonly TemporaryFolder folder = new();

    public ElfSymbolsTests() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems' libraries are of other kinds.");

    public void Dispose() => folder.Dispose();

    private static string Packaged(string name) =>
        Path.Combine(Path.GetDirectoryName(typeof(torch).Assembly.Location)!, name);

    private static string Native => Packaged("libLibTorchSharp.so");

    private static string[] Libraries => [Packaged("libc10.so"), Packaged("libtorch_cpu.so")];

    private string Altered(string library, string old, string replacement)
    {
        var bytes = File.ReadAllBytes(library);
        // Whole names only, as they stand in a table: between zeros.
        var wanted = Encoding.ASCII.GetBytes($"\0{old}\0");
        var at = bytes.AsSpan().IndexOf(wanted);
        Assert.True(at >= 0);
        Encoding.ASCII.GetBytes(replacement).CopyTo(bytes, at + 1);
        var copy = folder.File(Path.GetFileName(library));
        File.WriteAllBytes(copy, bytes);
        return copy;
    }

    [Fact]
    public void The_packaged_libtorch_has_all_that_its_library_wants()
    {
        var (missing, wanted) = OtherLibTorch.Missing(Native, Libraries);
        Assert.Empty(missing);
        Assert.InRange(wanted, 1000, 10000);
        Assert.Contains(SetThreads, ElfSymbols.Read(Native).Wanted);
        Assert.DoesNotContain("malloc", ElfSymbols.Read(Native).Wanted);
    }

    [Fact]
    public void A_symbol_that_a_library_wants_and_nobody_has_is_named()
    {
        var renamed = SetThreads.Replace("set", "sat", StringComparison.Ordinal);
        var altered = Altered(Native, SetThreads, renamed);
        Assert.Equal([renamed], OtherLibTorch.Missing(altered, Libraries).Missing);
    }

    [Fact]
    public void A_symbol_that_a_library_has_no_more_is_named()
    {
        string[] ofC10 = [.. ElfSymbols.Read(Native).Wanted.Intersect(ElfSymbols.Read(Libraries[0]).Defined).Order()];
        var altered = Altered(Libraries[0], ofC10[0], ofC10[0].Replace('c', 'k'));
        Assert.Equal([ofC10[0]], OtherLibTorch.Missing(Native, [altered, Libraries[1]]).Missing);
    }

    [Fact]
    public void A_cut_library_and_what_is_none_are_refused()
    {
        var cut = folder.File("cut.so");
        File.WriteAllBytes(cut, File.ReadAllBytes(Libraries[0])[..10_000]);
        Assert.Equal(
            $"{cut} is cut or damaged: its tables lie outside of it.",
            Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(cut)).Message
        );
        var text = folder.File("text.so");
        File.WriteAllText(text, new string('x', 100));
        Assert.Equal(
            $"{text} is no 64-bit ELF library.",
            Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(text)).Message
        );
        File.WriteAllText(text, "");
        Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(text));
    }

    [Fact]
    public void Damaged_tables_are_refused_or_read_but_never_more()
    {
        var whole = File.ReadAllBytes(Libraries[0]);
        Random random = new(1);
        var damaged = folder.File("damaged.so");
        for (var round = 0; round < 40; round++)
        {
            var bytes = (byte[])whole.Clone();
            // The file's header and the tail, where the section headers are.
            for (var k = 0; k < 4; k++)
                bytes[random.Next(2) == 0 ? random.Next(64) : bytes.Length - 1 - random.Next(2000)] = (byte)
                    random.Next(256);
            File.WriteAllBytes(damaged, bytes);
            Exception? thrown = Record.Exception(() => ElfSymbols.Read(damaged));
            Assert.True(thrown is null or InvalidDataException, thrown?.ToString());
        }
    }
}
