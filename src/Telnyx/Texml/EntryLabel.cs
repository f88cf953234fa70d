using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Texml;

/// <summary>
/// As what somebody who is dialled into a conference is to take part, as words in a label of his call: it is read while he rings.
/// </summary>
internal static class EntryLabel
{
    private const string Muted = "muted", Held = "hold", Ends = "ends", Coaches = "coaches:";

    public static string Of(Participation part)
    {
        List<string> words = [];
        if (part.IsMuted) words.Add(Muted);
        if (part.IsOnHold) words.Add(Held);
        if (part.EndsSoftly) words.Add(Ends);
        if (part is { Role: SupervisorRole.Whisper, WhispersTo: [var coached, ..] }) words.Add($"{Coaches}{coached}");
        return string.Join(',', words);
    }

    /// <summary>Reads what <see cref="Of"/> writes; without it he is to take part like anybody.</summary>
    public static Participation Read(Labels labels)
    {
        string[] words = labels[TexmlLabels.Entry]?.Split(',') ?? [];
        string? coaches = words.FirstOrDefault(word => word.StartsWith(Coaches, StringComparison.Ordinal));
        var part = new Participation
        {
            IsMuted = words.Contains(Muted), IsOnHold = words.Contains(Held), EndsSoftly = words.Contains(Ends),
        };
        return coaches is not null && LegId.TryParse(coaches.AsSpan(Coaches.Length), out var leg)
            ? part with { Role = SupervisorRole.Whisper, WhispersTo = [leg] } : part;
    }
}
