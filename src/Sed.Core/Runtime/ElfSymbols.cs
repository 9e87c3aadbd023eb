using System.Buffers.Binary;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// The symbols that a Linux shared library defines and requires, read from the dynamic symbol table of its 64-bit
/// little-endian ELF file (System V ABI, chapters 4 and 5; symbol versions: Linux Standard Base). The library is not
/// loaded.
/// </summary>
internal sealed class ElfSymbols
{
    private const int SectionHeaderBytes = 64;
    private const int SymbolBytes = 24;
    private const uint DynamicSymbols = 11; // SHT_DYNSYM
    private const uint SymbolVersions = 0x6fffffff; // SHT_GNU_versym
    private const int Weak = 2; // STB_WEAK
    private const int FirstVersion = 2; // 0 and 1: unversioned

    private ElfSymbols(IReadOnlySet<string> defined, IReadOnlySet<string> required)
    {
        Defined = defined;
        Required = required;
    }

    /// <summary>Symbols that the library defines.</summary>
    public IReadOnlySet<string> Defined { get; }

    /// <summary>
    /// Undefined symbols that other libraries must define. Weak symbols are left out, and so are versioned symbols such
    /// as the symbols of the C and C++ libraries.
    /// </summary>
    public IReadOnlySet<string> Required { get; }

    /// <summary>Reads the symbol table of a library.</summary>
    /// <param name="path">Path of the library.</param>
    /// <exception cref="InvalidDataException">
    /// The file is not a 64-bit ELF library, or is truncated or damaged.
    /// </exception>
    public static ElfSymbols Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var header = Bytes(file, 0, 64, path);
        if (!header.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException($"{path} is not a 64-bit ELF library.");
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(60));
        var headers = Bytes(file, Long(header, 40), (long)count * SectionHeaderBytes, path);
        byte[] Section(int index) =>
            index >= 0 && index < count
                ? Bytes(file, Long(headers, At(index) + 24), Long(headers, At(index) + 32), path)
                : throw Truncated(path);
        int Find(uint type) => Enumerable.Range(0, count).FirstOrDefault(index => Int(headers, At(index) + 4) == type);

        var table = Find(DynamicSymbols);
        if (table == 0)
            throw new InvalidDataException($"{path} has no dynamic symbol table.");
        var symbols = Section(table);
        var names = Section((int)Int(headers, At(table) + 40));
        var versions = Find(SymbolVersions) is var index and not 0 ? Section(index) : [];
        HashSet<string> defined = new(StringComparer.Ordinal);
        HashSet<string> required = new(StringComparer.Ordinal);
        for (var symbol = 1; symbol < symbols.Length / SymbolBytes; symbol++)
        {
            Span<byte> entry = symbols.AsSpan(symbol * SymbolBytes, SymbolBytes);
            var name = Name(names, BinaryPrimitives.ReadUInt32LittleEndian(entry), path);
            var isDefined = BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]) != 0;
            var isWeak = entry[4] >> 4 == Weak;
            if (isDefined)
                defined.Add(name);
            else if (!isWeak && name != "" && VersionOf(versions, symbol) < FirstVersion)
                required.Add(name);
        }
        return new ElfSymbols(defined, required);
    }

    private static int At(int section) => section * SectionHeaderBytes;

    // The highest bit marks hidden versions.
    private static int VersionOf(byte[] versions, int symbol) =>
        2 * symbol + 1 < versions.Length
            ? BinaryPrimitives.ReadUInt16LittleEndian(versions.AsSpan(2 * symbol)) & 0x7fff
            : 0;

    private static string Name(byte[] names, uint start, string path)
    {
        if (start >= names.Length)
            throw Truncated(path);
        ReadOnlySpan<byte> rest = names.AsSpan((int)start);
        var end = rest.IndexOf((byte)0);
        return end < 0 ? throw Truncated(path) : Encoding.ASCII.GetString(rest[..end]);
    }

    private static long Long(byte[] bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(offset));

    private static uint Int(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static byte[] Bytes(FileStream file, long offset, long length, string path)
    {
        if (offset < 0 || length < 0 || offset > file.Length - length)
            throw Truncated(path);
        var bytes = new byte[length];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static InvalidDataException Truncated(string path) =>
        new($"{path} is truncated or damaged: its tables extend past the end of the file.");
}
