namespace Sed.Core.Networks.Kernels;

/// <summary>
/// How a tile walks over its operands. The sum runs over <see cref="Outer"/> times <see cref="Inner"/> terms; strides
/// count floats. Two levels are what a convolution needs: neighbouring channels inside, neighbouring frames outside.
/// </summary>
/// <param name="ARow">From one row of the result to the next in the left operand.</param>
/// <param name="Inner">Terms of the inner sum.</param>
/// <param name="AInner">From one inner term to the next in the left operand.</param>
/// <param name="BInner">From one inner term to the next in the right operand.</param>
/// <param name="Outer">Terms of the outer sum.</param>
/// <param name="AOuter">From one outer term to the next in the left operand.</param>
/// <param name="BOuter">From one outer term to the next in the right operand.</param>
internal readonly record struct Walk(
    nint ARow,
    int Inner,
    nint AInner,
    nint BInner,
    int Outer = 1,
    nint AOuter = 0,
    nint BOuter = 0
);
