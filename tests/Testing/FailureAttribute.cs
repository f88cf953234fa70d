using Xunit.v3;

namespace Ringwright.Testing;

/// <summary>The test shows what a row of docs/reference/failures.md states; the architecture tests compare the two.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class FailureAttribute(string row) : Attribute, ITraitAttribute
{
    public string Row => row;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("failure", row)];
}
