using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of libLibTorchSharp.so that also loads with a libstdc++ older than GCC 13 (Debian 12, Ubuntu 22.04).
/// The original requires GLIBCXX_3.4.32 for a single symbol, which initialises the standard streams. The copy references
/// the constructor of std::ios_base::Init instead, which has the same effect and exists in every libstdc++. Three table
/// entries are changed in place; no data is moved.
/// </summary>
public sealed class LoadableLibTorchSharp : Task
{
    private const string TooNew = "GLIBCXX_3.4.32";
    private const string Everywhere = "GLIBCXX_3.4";
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";

    [Required]
    public string Original { get; set; }

    [Required]
    public string Copy { get; set; }

    public override bool Execute()
    {
        try
        {
            var library = new Elf(File.ReadAllBytes(Original));
            if (library.Needs(TooNew))
                Patch(library);
            Directory.CreateDirectory(Path.GetDirectoryName(Copy));
            var unfinished = Copy + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(unfinished, library.Bytes);
            File.Delete(Copy);
            File.Move(unfinished, Copy);
            return true;
        }
        catch (InvalidDataException different)
        {
            Log.LogError(
                "{0} cannot be adapted to older systems: {1} With a libstdc++ that provides {2} (GCC 13 or later), "
                    + "build with -p:PatchTorchSharp=false to use the library unchanged.",
                Original,
                different.Message,
                TooNew
            );
            return false;
        }
    }

    private static void Patch(Elf library)
    {
        var symbols = library.SymbolsOfVersion(TooNew);
        if (symbols.Count != 1 || symbols[0].Name != NewSymbol)
            throw new InvalidDataException(
                $"expected {NewSymbol} to be the only symbol that requires {TooNew}, found {string.Join(", ", symbols.Select(s => s.Name))}."
            );
        library.Rename(symbols[0], OldSymbol);
        library.SetVersion(symbols[0], Everywhere);
        library.ReplaceNeededVersion(TooNew, Everywhere);
    }

    private struct Symbol
    {
        public int Index;
        public string Name;
        public int NameOffset;
    }

    /// <summary>The symbol versions of a 64-bit little-endian ELF file.</summary>
    private sealed class Elf
    {
        private const int DynSym = 11;
        private const int GnuVersion = 0x6fffffff;
        private const int GnuVersionNeeded = 0x6ffffffe;

        private readonly int strings;
        private readonly int symbols;
        private readonly int symbolCount;
        private readonly int versions;
        private readonly List<int> neededVersions = new List<int>(); // offsets of Vernaux entries

        public Elf(byte[] bytes)
        {
            Bytes = bytes;
            if (bytes.Length < 64 || BitConverter.ToUInt32(bytes, 0) != 0x464C457F || bytes[4] != 2 || bytes[5] != 1)
                throw new InvalidDataException("the file is not a 64-bit little-endian ELF file.");
            var dynamicSymbols = Section(DynSym);
            symbols = Offset(dynamicSymbols);
            symbolCount = (int)(BitConverter.ToInt64(bytes, dynamicSymbols + 32) / 24);
            strings = Offset(SectionAt(BitConverter.ToInt32(bytes, dynamicSymbols + 40)));
            versions = Offset(Section(GnuVersion));
            var needed = Section(GnuVersionNeeded);
            var file = Offset(needed);
            for (var files = BitConverter.ToInt32(bytes, needed + 44); files > 0; files--)
            {
                var entry = file + BitConverter.ToInt32(bytes, file + 8);
                for (var count = BitConverter.ToUInt16(bytes, file + 2); count > 0; count--)
                {
                    neededVersions.Add(entry);
                    entry += BitConverter.ToInt32(bytes, entry + 12);
                }
                file += BitConverter.ToInt32(bytes, file + 12);
            }
        }

        public byte[] Bytes { get; }

        public bool Needs(string version) => neededVersions.Any(entry => VersionName(entry) == version);

        public List<Symbol> SymbolsOfVersion(string version)
        {
            var index = VersionIndex(version);
            var found = new List<Symbol>();
            for (var i = 0; i < symbolCount; i++)
            {
                if (BitConverter.ToUInt16(Bytes, versions + 2 * i) != index)
                    continue;
                var name = strings + BitConverter.ToInt32(Bytes, symbols + 24 * i);
                found.Add(
                    new Symbol
                    {
                        Index = i,
                        Name = Text(name),
                        NameOffset = name,
                    }
                );
            }
            return found;
        }

        public void Rename(Symbol symbol, string name)
        {
            for (var i = 0; i < symbol.Name.Length; i++)
                Bytes[symbol.NameOffset + i] = i < name.Length ? (byte)name[i] : (byte)0;
        }

        public void SetVersion(Symbol symbol, string version) =>
            BitConverter.GetBytes(VersionIndex(version)).CopyTo(Bytes, versions + 2 * symbol.Index);

        /// <summary>Overwrites the entry of a required version with the hash and name of another version.</summary>
        public void ReplaceNeededVersion(string version, string replacement)
        {
            var from = Entry(replacement);
            var to = Entry(version);
            Array.Copy(Bytes, from, Bytes, to, 4); // vna_hash
            Array.Copy(Bytes, from + 8, Bytes, to + 8, 4); // vna_name
        }

        private ushort VersionIndex(string version) => BitConverter.ToUInt16(Bytes, Entry(version) + 6);

        private int Entry(string version)
        {
            var found = neededVersions.Where(entry => VersionName(entry) == version).ToList();
            if (found.Count != 1)
                throw new InvalidDataException($"expected one entry for version {version}, found {found.Count}.");
            return found[0];
        }

        private string VersionName(int entry) => Text(strings + BitConverter.ToInt32(Bytes, entry + 8));

        private string Text(int offset) =>
            Encoding.ASCII.GetString(Bytes, offset, Array.IndexOf(Bytes, (byte)0, offset) - offset);

        private int Section(int type)
        {
            for (var i = 0; i < BitConverter.ToUInt16(Bytes, 60); i++)
                if (BitConverter.ToInt32(Bytes, SectionAt(i) + 4) == type)
                    return SectionAt(i);
            throw new InvalidDataException($"the file has no section of type 0x{type:x}.");
        }

        private int SectionAt(int index) =>
            (int)BitConverter.ToInt64(Bytes, 40) + index * BitConverter.ToUInt16(Bytes, 58);

        private int Offset(int section) => (int)BitConverter.ToInt64(Bytes, section + 24);
    }
}
