using System.Text;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Tests.Runtime;

/// <summary>Checks of a replacement libtorch, with the packaged libraries and altered copies of them.</summary>
public sealed class ElfSymbolsTests : IDisposable
{
    // at::set_num_threads(int), mangled.
    private const string SetThreads = "_ZN2at15set_num_threadsEi";

    private readonly TemporaryFolder folder = new();

    public ElfSymbolsTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF libraries exist on Linux only.");

    public void Dispose() => folder.Dispose();

    private static string Packaged(string name) =>
        Path.Combine(Path.GetDirectoryName(typeof(torch).Assembly.Location)!, name);

    private static string Native => Packaged("libLibTorchSharp.so");

    private static string[] Libraries => [Packaged("libc10.so"), Packaged("libtorch_cpu.so")];

    private string Altered(string library, string old, string replacement)
    {
        var bytes = File.ReadAllBytes(library);
        // Whole names only: they are zero-terminated in the table.
        var name = Encoding.ASCII.GetBytes($"\0{old}\0");
        var at = bytes.AsSpan().IndexOf(name);
        Assert.True(at >= 0);
        Encoding.ASCII.GetBytes(replacement).CopyTo(bytes, at + 1);
        var copy = folder.File(Path.GetFileName(library));
        File.WriteAllBytes(copy, bytes);
        return copy;
    }

    [Fact]
    public void The_packaged_libtorch_defines_all_symbols_that_the_native_library_requires()
    {
        var (missing, required) = ExternalLibTorch.Missing(Native, Libraries);
        Assert.Empty(missing);
        Assert.InRange(required, 1000, 10000);
        Assert.Contains(SetThreads, ElfSymbols.Read(Native).Required);
        Assert.DoesNotContain("malloc", ElfSymbols.Read(Native).Required);
    }

    [Fact]
    public void A_required_symbol_that_no_library_defines_is_reported()
    {
        var renamed = SetThreads.Replace("set", "sat", StringComparison.Ordinal);
        var altered = Altered(Native, SetThreads, renamed);
        Assert.Equal([renamed], ExternalLibTorch.Missing(altered, Libraries).Missing);
    }

    [Fact]
    public void A_symbol_that_a_library_no_longer_defines_is_reported()
    {
        string[] ofC10 = [.. ElfSymbols.Read(Native).Required.Intersect(ElfSymbols.Read(Libraries[0]).Defined).Order()];
        var altered = Altered(Libraries[0], ofC10[0], ofC10[0].Replace('c', 'k'));
        Assert.Equal([ofC10[0]], ExternalLibTorch.Missing(Native, [altered, Libraries[1]]).Missing);
    }

    [Fact]
    public void Truncated_libraries_and_other_files_are_refused()
    {
        var cut = folder.File("cut.so");
        File.WriteAllBytes(cut, File.ReadAllBytes(Libraries[0])[..10_000]);
        Assert.Equal(
            $"{cut} is truncated or damaged: its tables extend past the end of the file.",
            Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(cut)).Message
        );
        var text = folder.File("text.so");
        File.WriteAllText(text, new string('x', 100));
        Assert.Equal(
            $"{text} is not a 64-bit ELF library.",
            Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(text)).Message
        );
        File.WriteAllText(text, "");
        Assert.Throws<InvalidDataException>(() => ElfSymbols.Read(text));
    }

    [Fact]
    public void Damaged_tables_cause_only_InvalidDataException()
    {
        var whole = File.ReadAllBytes(Libraries[0]);
        Random random = new(1);
        var damaged = folder.File("damaged.so");
        for (var round = 0; round < 40; round++)
        {
            var bytes = (byte[])whole.Clone();
            // Damages the file header and the end, which holds the section headers.
            for (var k = 0; k < 4; k++)
                bytes[random.Next(2) == 0 ? random.Next(64) : bytes.Length - 1 - random.Next(2000)] = (byte)
                    random.Next(256);
            File.WriteAllBytes(damaged, bytes);
            Exception? thrown = Record.Exception(() => ElfSymbols.Read(damaged));
            Assert.True(thrown is null or InvalidDataException, thrown?.ToString());
        }
    }
}
