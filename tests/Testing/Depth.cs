using Xunit;

namespace Ringwright.Testing;

/// <summary>How deep this run goes: <c>./ringwright test</c> is the gate (<c>RINGWRIGHT_DEPTH=gate</c>), all else is everything.</summary>
public static class Depth
{
    public static bool IsAll => Environment.GetEnvironmentVariable("RINGWRIGHT_DEPTH") != "gate";

    /// <summary>The first number in the gate, the second in a run of everything.</summary>
    public static int Times(int gate, int all) => IsAll ? all : gate;

    /// <summary>Rows of a theory: those of the gate, and those that only a run of everything has.</summary>
    public static TheoryData<T> Rows<T>(T[] gate, T[] deep) => [.. gate, .. IsAll ? deep : []];
}
