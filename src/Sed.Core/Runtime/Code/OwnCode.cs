using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Sed.Core.Runtime.Code;

/// <summary>
/// Hashes the behaviour of a function in a user's script. The hash covers the function's code, the code of all script
/// functions that it calls and of all script types that it creates, and the values that it captures: numbers, Booleans,
/// strings, and the content of objects of the script and of collections. Compiler-generated names and the position in
/// the file are not part of the hash, so it does not change when other parts of the script change.
/// </summary>
internal sealed class OwnCode
{
    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    // Names and name prefixes of library assemblies. Their code is not part of the script and is identified by name
    // only.
    private static readonly string[] families = ["System.", "Microsoft.", "FSharp."];
    private static readonly string[] libraries =
    [
        "TorchSharp",
        "Sed.Core",
        "Sed.Dsl",
        "Sed.Runner",
        "mscorlib",
        "netstandard",
    ];

    private readonly StringBuilder text = new();
    private readonly Dictionary<MemberInfo, int> numbers = [];
    private readonly Queue<MethodBase> open = [];
    private readonly HashSet<Type> types = [];
    private readonly HashSet<FieldInfo> statics = [];
    private readonly Dictionary<object, int> objects = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Type, int> kinds = [];

    private OwnCode() { }

    private static readonly ConditionalWeakTable<Delegate, string> known = [];

    /// <summary>
    /// The hash of a function's behaviour, as 8 hexadecimal digits. The same code has the same hash in every process.
    /// </summary>
    /// <param name="function">The function, for example the constructor function of a custom layer.</param>
    public static string Of(Delegate function) =>
        known.GetValue(
            function,
            own =>
            {
                return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(own))))[..8];
            }
        );

    /// <summary>The text that is hashed.</summary>
    internal static string Text(Delegate function)
    {
        OwnCode code = new();
        code.Read(function);
        return code.text.ToString();
    }

    private void Read(Delegate function)
    {
        Function(function);
        while (open.TryDequeue(out var method))
        {
            text.Append(CultureInfo.InvariantCulture, $"method {numbers[method]}\n");
            foreach (var (code, operand) in MethodCode.Of(method))
            {
                text.Append(code.Name).Append(' ');
                if (operand is MemberInfo member)
                    Refer(member);
                else
                    text.Append(operand);
                text.Append('\n');
                if (
                    code == OpCodes.Ldsfld
                    && operand is FieldInfo { DeclaringType.ContainsGenericParameters: false } field
                    && IsOwn(field)
                )
                    Static(field);
            }
        }
    }

    /// <summary>
    /// Appends the value of a static field. The instruction before it identifies the field, so objects are appended
    /// only once, and null needs no text.
    /// </summary>
    private void Static(FieldInfo field)
    {
        var value = field.GetValue(null);
        if (value is not null && (IsScalar(value) || statics.Add(field)))
            Value(value);
    }

    /// <summary>
    /// Appends the name of a member. If the member belongs to the script, its code is queued for reading.
    /// </summary>
    private void Refer(MemberInfo member)
    {
        text.Append(Name(member));
        if (member is ConstructorInfo { IsStatic: false, DeclaringType: { } made })
            Type(made); // base-class code may call any overridden method
    }

    private string Name(MemberInfo member) =>
        member switch
        {
            _ when IsOwn(member) => $"own {Number(member)}",
            Type { IsConstructedGenericType: true } type =>
                $"{type.GetGenericTypeDefinition()}<{Names(type.GenericTypeArguments)}>",
            Type type => type.ToString(),
            MethodInfo { IsGenericMethod: true } method =>
                $"{Name(method.DeclaringType!)}.{method.Name}<{Names(method.GetGenericArguments())}>",
            MethodBase method =>
                $"{Name(method.DeclaringType!)}.{method.Name}({Names(method.GetParameters().Select(own => own.ParameterType))})",
            _ => $"{(member.DeclaringType is { } type ? Name(type) : "")}.{member.Name}",
        };

    private string Names(IEnumerable<Type> types) => string.Join(", ", types.Select(Name));

    private int Number(MemberInfo member)
    {
        if (!numbers.TryGetValue(member, out var number))
        {
            number = numbers[member] = numbers.Count;
            if (member is MethodBase method)
                open.Enqueue(method);
        }
        return number;
    }

    /// <summary>Queues all methods of a script type and of its base types, as far as the script defines them.</summary>
    private void Type(Type type)
    {
        // The C# compiler collects unrelated lambdas in one closure type; each lambda is found where it is created.
        if (!IsOwn(type) || type.Name.StartsWith("<>c", StringComparison.Ordinal) || !types.Add(type))
            return;
        foreach (var method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
            Number(method);
        if (type.BaseType is { } parent)
            Type(parent);
    }

    /// <summary>Appends the captured values and the method of a delegate.</summary>
    private void Function(Delegate function)
    {
        if (function.Target is { } target)
            Value(target);
        // The F# compiler names a closure after its source line, so the name of a library's closure can change with
        // each edit of the library. Such names are not hashed.
        if (IsOwn(function.Method) || !function.Method.DeclaringType!.Name.Contains('@', StringComparison.Ordinal))
            Refer(function.Method);
    }

    /// <summary>Appends a captured value: a scalar, or the content of an object or a collection, recursively.</summary>
    private void Value(object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null\n");
                return;
            case Delegate function:
                Function(function);
                return;
        }
        if (IsScalar(value))
        {
            text.Append(CultureInfo.InvariantCulture, $"value {value}\n");
            return;
        }
        var type = value.GetType();
        var items = CapturedItems.Of(value);
        if (items is null && !IsOwn(type) && !IsTransparent(type))
            return;
        if (!type.IsValueType && !objects.TryAdd(value, objects.Count))
            text.Append(CultureInfo.InvariantCulture, $"object {objects[value]}\n");
        else if (items is not null)
            Items(items);
        else
            Fields(value, type);
    }

    private void Items(CapturedItems items)
    {
        text.Append("items ").Append(items.Size).Append('\n');
        foreach (var item in items.Values)
            Value(item);
    }

    private void Fields(object value, Type type)
    {
        Kind(type);
        Type(type);
        for (var at = type; at is not null && (IsOwn(at) || IsTransparent(at)); at = at.BaseType)
            foreach (var field in at.GetFields(Declared).Where(field => !field.IsStatic))
                Value(field.GetValue(value));
    }

    /// <summary>
    /// Distinguishes types that have fields of the same types, such as the cases of a union. At the first occurrence of
    /// a type of the script, its code identifies it; at later occurrences, its number does. Closures of libraries are
    /// not identified by name, because their names can change with each build.
    /// </summary>
    private void Kind(Type type)
    {
        if (!IsOwn(type))
        {
            if (!type.Name.Contains('@', StringComparison.Ordinal))
                text.Append("kind ").Append(Name(type)).Append('\n');
        }
        else if (!kinds.TryAdd(type, kinds.Count))
            text.Append(CultureInfo.InvariantCulture, $"kind {kinds[type]}\n");
    }

    private static bool IsScalar(object value) => value is string or bool or IFormattable;

    // F# options and unions, the wrappers of Sed.Dsl and the entries of dictionaries can contain objects of the script,
    // so their fields are read too.
    private static bool IsTransparent(Type type) =>
        type.Assembly.GetName().Name is "FSharp.Core" or "Sed.Dsl"
        || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>));

    private static bool IsOwn(MemberInfo member)
    {
        var type = member as Type ?? member.DeclaringType;
        if (type is null || type.IsGenericParameter)
            return false;
        if (type.HasElementType)
            return IsOwn(type.GetElementType()!);
        var library = type.Assembly.GetName().Name ?? "";
        return !libraries.Contains(library)
            && !families.Any(family => library.StartsWith(family, StringComparison.Ordinal));
    }
}
