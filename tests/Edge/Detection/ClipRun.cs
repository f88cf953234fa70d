using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>What the engine made of one clip.</summary>
internal sealed record ClipRun(Clip Clip, Hearing Heard)
{
    /// <summary>The beep was told while it sounded or within 0.6 s of its end.</summary>
    public bool IsTold => Clip.HasBeep && Heard.BeepAt is { } at && at > Clip.BeepStart + 0.05 && at < Clip.BeepEnd + 0.6;

    /// <summary>One was told where none was.</summary>
    public bool IsInvented => Heard.BeepAt is not null && !IsTold;

    /// <summary>Ringback alone is nobody's answer; a short greeting with a beep may be a person's until the beep.</summary>
    public bool IsRight => Clip.Kind switch
    {
        ClipKind.Person => Heard.Verdict is MachineVerdict.Human,
        ClipKind.Ringback => Heard.Verdict is not MachineVerdict.Machine,
        _ => Heard.Verdict is MachineVerdict.Machine || IsTold,
    };

    public static ClipRun Of(Clip clip)
    {
        var random = new Rng(clip.Seed);
        bool wasLost = false;
        // Losses come in bursts: behind one the next is likely.
        return new(clip, Hearing.Of(clip.Samples, () => wasLost = random.Chance(wasLost ? Math.Min(0.3, 20 * clip.Loss) : clip.Loss)));
    }

    public override string ToString() =>
        $"seed {Clip.Seed}, {Clip.Kind}, {Clip.Codec} {Clip.Level} dB, loss {Clip.Loss}, noise {Clip.SignalToNoise}, '{Clip.Words}' "
        + $"{Clip.BeepStart:F2}-{Clip.BeepEnd:F2}: " +
        $"{Heard.Verdict} at {Heard.VerdictAt:F2} ({string.Join("; ", Heard.Evidence)}), {Heard.End} at {Heard.EndAt:F2} ({Heard.Rule})";
}
