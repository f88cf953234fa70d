using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>What the engine made of one item.</summary>
internal sealed record DetectionRun(CorpusItem Item, MachineVerdict? Verdict, double VerdictAt, double? BeepAt,
    IReadOnlyList<string> Evidence) : IComparable<DetectionRun>
{
    public bool IsRight => Verdict == Item.Kind switch
    {
        SoundKind.Person => MachineVerdict.Human,
        SoundKind.Silence => MachineVerdict.NotSure,
        _ => MachineVerdict.Machine,
    };

    /// <summary>The beep was told within half a second of its end.</summary>
    public bool FoundBeep => Item.BeepEnd is { } end && BeepAt is { } at && at > end - 0.1 && at < end + 0.5;

    public static DetectionRun Of(CorpusItem item)
    {
        var random = new Rng(item.Seed);
        var heard = Hearing.Of(item.Samples, () => random.Chance(item.Loss));
        return new(item, heard.Verdict, heard.VerdictAt, heard.BeepAt, heard.Evidence);
    }

    public int CompareTo(DetectionRun? other) => Item.Seed.CompareTo(other?.Item.Seed ?? 0);
}
