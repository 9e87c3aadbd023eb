using System.Numerics;

namespace Sed.Core.Networks.Weights;

/// <summary>
/// Reads Python pickles that contain only tensors and plain containers. Nothing in a pickle is executed: only the
/// global names of a short list (<see cref="TorchGlobals"/>) are accepted, and they create plain values. Time and
/// memory are proportional to the length of the pickle.
/// </summary>
internal sealed class Pickle
{
    private const long LongestPickle = 64 << 20;
    private const int MostOperations = 2_000_000;
    private const int MostBytesOfInteger = 16;
    private static readonly object mark = new();

    private readonly PickleReader reader;
    private readonly Func<object?, object?> persistent;
    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = [];
    private readonly Dictionary<int, object?> memo = [];

    private Pickle(Stream from, Func<object?, object?> persistent)
    {
        reader = new(from, LongestPickle);
        this.persistent = persistent;
    }

    /// <summary>Reads one pickle and leaves the stream positioned after the last byte of the pickle.</summary>
    /// <param name="from">A seekable stream.</param>
    /// <param name="persistent">
    /// Gives the value of a persistent identifier, for example the storage of a tensor. Null: the pickle must not contain
    /// persistent identifiers.
    /// </param>
    /// <returns>
    /// null, bool, long, <see cref="BigInteger"/>, double, string, byte[], <see cref="PickleList"/>,
    /// <see cref="PickleTuple"/>, <see cref="PickleDictionary"/>, <see cref="TorchTensor"/> or
    /// <see cref="PickleGlobal"/>. Lists and dictionaries can contain themselves.
    /// </returns>
    /// <exception cref="InvalidDataException">The pickle is damaged or contains values of other types.</exception>
    public static object? Read(Stream from, Func<object?, object?>? persistent = null) =>
        new Pickle(
            from,
            persistent ?? (_ => throw new InvalidDataException("its pickle refers to data outside of it"))
        ).Run();

    private object? Run()
    {
        for (var operations = 0; operations < MostOperations; operations++)
        {
            var code = (PickleCode)reader.Byte();
            if (code == PickleCode.Stop)
                return Pop();
            if (!PushPlain(code) && !Build(code))
                Other(code);
        }
        throw new InvalidDataException($"its pickle has more than {MostOperations} operations");
    }

    /// <summary>
    /// Pushes None, a boolean, a number, text, bytes or an empty container; returns false for other opcodes.
    /// </summary>
    private bool PushPlain(PickleCode code)
    {
        object? value;
        switch (code)
        {
            case PickleCode.None:
                value = null;
                break;
            case PickleCode.True or PickleCode.False:
                value = code == PickleCode.True;
                break;
            case PickleCode.Byte:
                value = (long)reader.Byte();
                break;
            case PickleCode.UInt16:
                value = (long)reader.UInt16();
                break;
            case PickleCode.BinaryInteger:
                value = (long)reader.Int32();
                break;
            case PickleCode.Integer:
                value = reader.IntegerLine();
                break;
            case PickleCode.Long1:
                value = Integer(reader.Byte());
                break;
            case PickleCode.Float:
                value = reader.FloatLine();
                break;
            case PickleCode.BinaryFloat:
                value = reader.BigEndianDouble();
                break;
            case PickleCode.ShortBinaryString or PickleCode.ShortBinaryUnicode:
                value = reader.Text(reader.Byte());
                break;
            case PickleCode.BinaryString or PickleCode.BinaryUnicode:
                value = reader.Text((uint)reader.Int32());
                break;
            case PickleCode.BinaryUnicode8:
                value = reader.Text(reader.Int64());
                break;
            case PickleCode.ShortBinaryBytes:
                value = reader.Bytes(reader.Byte());
                break;
            case PickleCode.BinaryBytes:
                value = reader.Bytes((uint)reader.Int32());
                break;
            case PickleCode.EmptyList:
                value = new PickleList([]);
                break;
            case PickleCode.EmptyTuple:
                value = new PickleTuple([]);
                break;
            case PickleCode.EmptyDictionary:
                value = new PickleDictionary();
                break;
            default:
                return false;
        }
        stack.Add(value);
        return true;
    }

    /// <summary>
    /// Creates or fills a container with values from the stack, or calls a global. Returns false for other opcodes.
    /// </summary>
    private bool Build(PickleCode code)
    {
        switch (code)
        {
            case PickleCode.Tuple:
                stack.Add(new PickleTuple(PopToMark()));
                break;
            case >= PickleCode.Tuple1 and <= PickleCode.Tuple3:
                stack.Add(new PickleTuple(PopLast(code - PickleCode.Tuple1 + 1)));
                break;
            case PickleCode.List:
                stack.Add(new PickleList([.. PopToMark()]));
                break;
            case PickleCode.Dictionary:
                PickleDictionary filled = new();
                filled.AddPairs(PopToMark());
                stack.Add(filled);
                break;
            case PickleCode.Append:
                var item = Pop();
                Top<PickleList>().Items.Add(item);
                break;
            case PickleCode.Appends:
                var items = PopToMark();
                Top<PickleList>().Items.AddRange(items);
                break;
            case PickleCode.SetItem:
                var pair = PopLast(2);
                Top<PickleDictionary>().AddPairs(pair);
                break;
            case PickleCode.SetItems:
                var pairs = PopToMark();
                Top<PickleDictionary>().AddPairs(pairs);
                break;
            case PickleCode.Reduce:
                var arguments = Pop<PickleTuple>();
                stack.Add(TorchGlobals.Call(Pop<PickleGlobal>(), arguments.Items));
                break;
            case PickleCode.Build:
                // The attributes of a state dict, such as _metadata, are not needed.
                Pop<PickleDictionary>();
                Top<PickleDictionary>();
                break;
            default:
                return false;
        }
        return true;
    }

    private void Other(PickleCode code)
    {
        switch (code)
        {
            case PickleCode.Protocol:
                reader.Byte();
                break;
            case PickleCode.Frame:
                reader.Int64();
                break;
            case PickleCode.Mark:
                marks.Push(stack.Count);
                stack.Add(mark);
                break;
            case PickleCode.Pop when marks.TryPeek(out var at) && at == stack.Count - 1:
            case PickleCode.PopMark:
                PopToMark();
                break;
            case PickleCode.Pop:
                Pop();
                break;
            case PickleCode.Duplicate:
                stack.Add(Top<object>());
                break;
            case PickleCode.Global:
                var module = reader.Line();
                stack.Add(TorchGlobals.Find(module, reader.Line()));
                break;
            case PickleCode.StackGlobal:
                var name = Pop<string>();
                stack.Add(TorchGlobals.Find(Pop<string>(), name));
                break;
            case PickleCode.BinaryPersistentId:
                stack.Add(persistent(Pop()));
                break;
            case PickleCode.Get:
                stack.Add(Known(reader.IntegerLine() is long number and >= 0 and <= int.MaxValue ? (int)number : -1));
                break;
            case PickleCode.BinaryGet:
                stack.Add(Known(reader.Byte()));
                break;
            case PickleCode.LongBinaryGet:
                stack.Add(Known(reader.Int32()));
                break;
            case PickleCode.Put:
                memo[reader.IntegerLine() is long place and >= 0 and <= int.MaxValue ? (int)place : -1] = Last();
                break;
            case PickleCode.BinaryPut:
                memo[reader.Byte()] = Last();
                break;
            case PickleCode.LongBinaryPut:
                memo[reader.Int32()] = Last();
                break;
            case PickleCode.Memoize:
                memo[memo.Count] = Last();
                break;
            default:
                throw new InvalidDataException(
                    $"its pickle has the opcode 0x{(byte)code:x2}, which does not occur in tensors and plain containers"
                );
        }
    }

    /// <summary>
    /// Reads an integer of the given number of bytes (at most 16), little-endian in two's complement.
    /// </summary>
    private object Integer(int length)
    {
        if (length > MostBytesOfInteger)
            throw new InvalidDataException($"its pickle has an integer of {length} bytes");
        BigInteger value = new(reader.Bytes(length));
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    private object? Known(int place) =>
        memo.TryGetValue(place, out var value)
            ? value
            : throw new InvalidDataException($"its pickle refers to the value {place}, which it does not contain");

    private object? Last() =>
        stack.Count > 0 && stack[^1] != mark ? stack[^1] : throw new InvalidDataException(Inconsistent);

    private T Top<T>()
        where T : class => Last() as T ?? throw new InvalidDataException(Inconsistent);

    private object? Pop()
    {
        var value = Last();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private T Pop<T>()
        where T : class => Pop() as T ?? throw new InvalidDataException(Inconsistent);

    private object?[] PopLast(int count)
    {
        var values = new object?[count];
        for (var at = count - 1; at >= 0; at--)
            values[at] = Pop();
        return values;
    }

    private object?[] PopToMark()
    {
        if (!marks.TryPop(out var at) || at >= stack.Count)
            throw new InvalidDataException(Inconsistent);
        object?[] values = [.. stack[(at + 1)..]];
        stack.RemoveRange(at, stack.Count - at);
        return values;
    }

    private const string Inconsistent = "its pickle is inconsistent";
}
