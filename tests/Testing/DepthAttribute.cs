using Xunit.v3;

namespace Ringwright.Testing;

/// <summary>
/// The test is deeper than the gate: <c>./ringwright test --all</c> runs it, <c>./ringwright test</c> does not. The reason says what of it
/// the gate still sees, or why nothing is needed there.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class DepthAttribute(string why) : Attribute, ITraitAttribute
{
    public string Why => why;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("depth", "all"), new("depth-why", why)];
}
