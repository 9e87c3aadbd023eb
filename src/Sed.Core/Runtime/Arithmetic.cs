using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Runtime;

/// <summary>
/// Tensor arithmetic that works around a garbage-collection bug of TorchSharp. TorchSharp's operators wrap each number
/// (including the implicit factor 1 of a sum) in a <see cref="Scalar"/> without keeping it alive during the native
/// call. A garbage collection during the call frees the scalar, and the operation fails or uses a wrong number. The
/// methods here keep every scalar alive until the native call returns.
/// </summary>
internal static class Arithmetic
{
    private static readonly Scalar one = 1L;

    /// <summary>tensor + other.</summary>
    public static Tensor Plus(this Tensor tensor, Tensor other) => tensor.add(other, one);

    /// <summary>tensor + number.</summary>
    public static Tensor Plus(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.add(held, one);
    }

    /// <summary>number - tensor.</summary>
    public static Tensor From(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.neg().add_(held, one);
    }

    /// <summary>tensor * number.</summary>
    public static Tensor Times(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.mul(held);
    }

    /// <summary>tensor / number.</summary>
    public static Tensor Over(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.div(held);
    }

    /// <summary>tensor ^ exponent.</summary>
    public static Tensor ToThe(this Tensor tensor, double exponent)
    {
        using Scalar held = exponent;
        return tensor.pow(held);
    }

    /// <summary>tensor ^ 2.</summary>
    public static Tensor Squared(this Tensor tensor) => tensor.mul(tensor);

    /// <summary>Leaky ReLU: negative values are multiplied by the slope.</summary>
    public static Tensor LeakyRelu(this Tensor tensor, double slope)
    {
        using Scalar held = slope;
        return tensor.leaky_relu(held);
    }

    /// <summary>Element-wise maximum of the tensor and a bound.</summary>
    public static Tensor AtLeast(this Tensor tensor, double bound)
    {
        using Scalar held = bound;
        return tensor.clamp_min(held);
    }

    /// <summary>Element-wise minimum of the tensor and a bound.</summary>
    public static Tensor AtMost(this Tensor tensor, double bound)
    {
        using Scalar held = bound;
        return tensor.clamp_max(held);
    }

    /// <summary>Limits the elements to a range.</summary>
    public static Tensor Between(this Tensor tensor, double least, double most)
    {
        using Scalar low = least;
        using Scalar high = most;
        return tensor.clamp(low, high);
    }

    /// <summary>Returns 1 for elements above a bound and 0 for all other elements, in the tensor's own type.</summary>
    public static Tensor IsAbove(this Tensor tensor, double bound)
    {
        using Scalar held = bound;
        return tensor.gt(held).to_type(tensor.dtype);
    }

    /// <summary>The mean of the elements that a mask selects; 0 if it selects none.</summary>
    /// <param name="tensor">The elements.</param>
    /// <param name="counted">
    /// The mask: 1 for selected elements, 0 for all others. It has the same number of dimensions as the tensor;
    /// dimensions of length 1 are broadcast. Null selects all elements.
    /// </param>
    public static Tensor MeanOf(this Tensor tensor, Tensor? counted)
    {
        if (counted is null)
            return tensor.mean();
        var repeats = 1L;
        for (var axis = 0; axis < counted.shape.Length; axis++)
            repeats *= tensor.shape[axis] / counted.shape[axis];
        return (tensor * counted).sum() / counted.sum().Times(repeats).AtLeast(1);
    }

    /// <summary>Adds 1 in place. The tensor may have an integer type.</summary>
    public static Tensor Count(this Tensor tensor) => tensor.add_(one, one);

    /// <summary>Adds a number in place.</summary>
    public static Tensor Add(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.add_(held, one);
    }

    /// <summary>Adds factor * other in place.</summary>
    public static Tensor Add(this Tensor tensor, Tensor other, double factor = 1)
    {
        using Scalar held = factor;
        return tensor.add_(other, held);
    }

    /// <summary>Adds factor * a * b in place.</summary>
    public static Tensor AddProduct(this Tensor tensor, Tensor a, Tensor b, double factor)
    {
        using Scalar held = factor;
        return tensor.addcmul_(a, b, held);
    }

    /// <summary>Adds factor * a / b in place.</summary>
    public static Tensor AddQuotient(this Tensor tensor, Tensor a, Tensor b, double factor)
    {
        using Scalar held = factor;
        return tensor.addcdiv_(a, b, held);
    }

    /// <summary>Multiplies by a number in place.</summary>
    public static Tensor Scale(this Tensor tensor, double factor)
    {
        using Scalar held = factor;
        return tensor.mul_(held);
    }

    /// <summary>Divides by a number in place.</summary>
    public static Tensor Divide(this Tensor tensor, double divisor)
    {
        using Scalar held = divisor;
        return tensor.div_(held);
    }
}
