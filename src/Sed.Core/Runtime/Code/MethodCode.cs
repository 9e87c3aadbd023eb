using System.Reflection;
using System.Reflection.Emit;

namespace Sed.Core.Runtime.Code;

/// <summary>A CIL instruction (ECMA-335, partition III).</summary>
/// <param name="Code">The opcode.</param>
/// <param name="Operand">
/// The operand: a method, field, type or string; for numbers, variables and branches, the raw bytes in hexadecimal.
/// </param>
internal readonly record struct Instruction(OpCode Code, object Operand);

/// <summary>Disassembles compiled methods.</summary>
internal static class MethodCode
{
    private const byte FirstOfTwo = 0xFE;

    private static readonly Dictionary<short, OpCode> codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null))
        .OfType<OpCode>()
        .ToDictionary(code => code.Value);

    /// <summary>The instructions of a method; none if it has no body.</summary>
    public static IEnumerable<Instruction> Of(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } bytes)
            yield break;
        for (var at = 0; at < bytes.Length; )
        {
            var isLong = bytes[at] == FirstOfTwo;
            var code = codes[isLong ? (short)(FirstOfTwo << 8 | bytes[at + 1]) : bytes[at]];
            at += isLong ? 2 : 1;
            var length = Length(code.OperandType, bytes, at);
            yield return new(code, Operand(method, code.OperandType, bytes.AsSpan(at, length)));
            at += length;
        }
    }

    private static int Length(OperandType operand, byte[] bytes, int at) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(bytes, at),
            _ => 4,
        };

    private static object Operand(MethodBase method, OperandType operand, ReadOnlySpan<byte> bytes) =>
        operand switch
        {
            OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok =>
                method.Module.ResolveMember(
                    BitConverter.ToInt32(bytes),
                    method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null,
                    method.IsGenericMethod ? method.GetGenericArguments() : null
                )!,
            OperandType.InlineString => method.Module.ResolveString(BitConverter.ToInt32(bytes)),
            OperandType.InlineSig => "", // signature of an indirect call; it follows from the function pointer
            _ => Convert.ToHexString(bytes),
        };
}
