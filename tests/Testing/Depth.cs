using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Ringwright.Testing;

/// <summary>How deep this run goes: <c>./ringwright test</c> is the gate (<c>RINGWRIGHT_DEPTH=gate</c>), all else is everything.</summary>
public static class Depth
{
    public static bool IsAll => Environment.GetEnvironmentVariable("RINGWRIGHT_DEPTH") != "gate";

    /// <summary>The first number in the gate, the second in a run of everything.</summary>
    public static int Times(int gate, int all) => IsAll ? all : gate;

    /// <summary>Rows of a theory of which the gate runs the first ones.</summary>
    public static IEnumerable<T> Rows<T>(int gate, IEnumerable<T> rows) => IsAll ? rows : rows.Take(gate);
}

/// <summary>A row of a theory that only a run of everything has; the reason says which row the gate keeps for it.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class DeepDataAttribute(string why, params object?[] data) : DataAttribute
{
    public string Why => why;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new(Depth.IsAll ? [new TheoryDataRow(data)] : (IReadOnlyCollection<ITheoryDataRow>)[]);

    public override bool SupportsDiscoveryEnumeration() => false;
}
