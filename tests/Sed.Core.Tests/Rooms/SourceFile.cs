using System.Text.RegularExpressions;

namespace Sed.Core.Tests.Rooms;

/// <summary>What the text of a source file says about rooms: its namespace, what it declares, and what it names.</summary>
internal sealed partial class SourceFile
{
    private SourceFile(string path, string text)
    {
        Path = path;
        Namespace = NamespaceLine().Match(text).Groups[1].Value;
        var code = Literal().Replace(Comment().Replace(text, ""), "\"\"");
        Declared =
        [
            .. TypeDeclaration().Matches(code).Select(match => match.Groups[1].Value),
            .. ExtensionMethod().Matches(code).Select(match => $".{match.Groups[1].Value}"),
        ];
        var body = NamespaceLine().Replace(code, "");
        Names = [.. DottedName().Matches(body).Select(match => match.Value)];
        Called = [.. Call().Matches(body).Select(match => $".{match.Groups[1].Value}")];
    }

    public string Path { get; }

    public string Namespace { get; }

    /// <summary>Types declared at the top level; extension methods with a dot in front.</summary>
    public HashSet<string> Declared { get; }

    /// <summary>Every name in the code as it stands there, with the dots in it.</summary>
    public HashSet<string> Names { get; }

    /// <summary>Every method called on something, with a dot in front.</summary>
    public HashSet<string> Called { get; }

    public static SourceFile Read(string path) => new(path, File.ReadAllText(path));

    [GeneratedRegex(@"^(?:namespace|module(?:\s+internal|\s+private)?)\s+([\w.]+);?", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"//[^\n]*|\(\*.*?\*\)", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("\"\"\".*?\"\"\"|\"(?:[^\"\\\\\n]|\\\\.)*\"", RegexOptions.Singleline)]
    private static partial Regex Literal();

    [GeneratedRegex(
        @"^(?:(?:public|internal|static|sealed|abstract|readonly|ref|partial|unsafe)\s+)*(?:class|record\s+struct|record|struct|interface|enum)\s+(\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\bstatic\b[^(=;{}]*?\b(\w+)(?:<[^>(]*>)?\(\s*this\s")]
    private static partial Regex ExtensionMethod();

    [GeneratedRegex(@"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)*")]
    private static partial Regex DottedName();

    [GeneratedRegex(@"\.(\w+)(?:<[^>(]*>)?\(")]
    private static partial Regex Call();
}
