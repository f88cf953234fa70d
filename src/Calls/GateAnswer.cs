using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// The gate's answer. <paramref name="Rule"/> names the rule in snake case; <paramref name="Detail"/> says it in a sentence.
/// </summary>
public readonly record struct GateAnswer(Refusal Refusal, string? Rule, string? Detail)
{
    public bool IsOpen => Refusal is Refusal.None;

    /// <summary>The limit is none at all: it has no room either when other calls end.</summary>
    public bool IsForGood { get; init; }

    /// <summary>What is told of a refused text, as of a call: the rule's name, then the sentence. Null when there is no sentence.</summary>
    public string? Said => Rule is { } rule && Detail is { } sentence ? $"{rule}: {sentence}" : Detail;

    public static GateAnswer Open => new(Refusal.None, null, null);

    /// <summary>For a gate that has not answered in time, or has failed: what nobody has allowed is not done.</summary>
    public static GateAnswer Silent =>
        new(Refusal.Overloaded, "gate_silent", "What decides about calls has not answered in time. Try again in a moment.");

    /// <summary>
    /// The answer that is there at once; null when it comes later, and is then to be taken from <paramref name="asked"/>.
    /// </summary>
    public static GateAnswer? Now(in ValueTask<GateAnswer> asked) => asked.IsCompletedSuccessfully ? asked.Result : null;
}
