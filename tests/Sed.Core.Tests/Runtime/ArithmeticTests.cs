using System.Reflection;
using Sed.Core.Networks;
using Sed.Core.Runtime.Code;
using TorchSharp;

namespace Sed.Core.Tests.Runtime;

/// <summary>
/// Searches the compiled library for calls of TorchSharp methods that create scalars. Nothing references such a scalar
/// while native code reads it, so the garbage collector may free it.
/// </summary>
public class ArithmeticTests
{
    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    [Fact]
    public void Every_scalar_passed_to_torch_is_held_until_the_native_call_returns()
    {
        var torchMethods = Methods(typeof(torch).Assembly)
            .ToDictionary(method => method, method => Calls(method).ToList());
        HashSet<MethodBase> making = [];
        int before;
        do
        {
            before = making.Count;
            making.UnionWith(torchMethods.Where(own => own.Value.Any(Makes)).Select(own => own.Key));
        } while (making.Count > before);

        var sum = typeof(torch.Tensor).GetMethod("op_Addition", [typeof(torch.Tensor), typeof(torch.Tensor)])!;
        Assert.Contains(sum, making); // op_Addition creates the implicit factor 1; checks that the search works

        var unheld =
            from method in Methods(typeof(SedNetwork).Assembly)
            where method.DeclaringType?.FullName != "Sed.Core.Runtime.Arithmetic"
            from call in Calls(method)
            where Makes(call)
            select $"{method.DeclaringType?.FullName}.{method.Name} calls {call.DeclaringType?.Name}.{call.Name}: use Arithmetic";
        Assert.True(!unheld.Any(), string.Join(Environment.NewLine, unheld));

        bool Makes(MethodBase call) =>
            (call.DeclaringType == typeof(Scalar) && call.Name == "op_Implicit")
            || call.Name == "ToScalar"
            || making.Contains(
                call is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : call
            );
    }

    private static IEnumerable<MethodBase> Methods(Assembly assembly) =>
        assembly
            .GetTypes()
            .SelectMany(type => type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)));

    /// <summary>Methods that a method calls.</summary>
    private static IEnumerable<MethodBase> Calls(MethodBase method) =>
        MethodCode.Of(method).Select(instruction => instruction.Operand).OfType<MethodBase>();
}
