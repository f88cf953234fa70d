using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Texml;

/// <summary>
/// As what somebody who is dialled into a conference is to take part, as labels of his call: they are read while he rings. Each thing has
/// one of its own, so that who changes one leaves what somebody else changes at the same time.
/// </summary>
internal static class EntryLabels
{
    private const string Yes = "true", No = "false", Nobody = "";

    /// <summary>What is as with anybody needs none.</summary>
    public static Labels Of(Participation part) => Labels.Of(
        (TexmlLabels.EntryMuted, part.IsMuted ? Yes : null),
        (TexmlLabels.EntryHeld, part.IsOnHold ? Yes : null),
        (TexmlLabels.EntryEnds, part.EndsSoftly ? Yes : null),
        (TexmlLabels.EntryCoaches, part is { Role: SupervisorRole.Whisper, WhispersTo: [var coached, ..] } ? coached.ToString() : null));

    /// <summary>Of what is changed alone.</summary>
    public static Labels Of(ParticipantChange change) => Labels.Of(
        (TexmlLabels.EntryMuted, Word(change.IsMuted)),
        (TexmlLabels.EntryHeld, Word(change.IsOnHold)),
        (TexmlLabels.EntryEnds, Word(change.EndsConference)),
        (TexmlLabels.EntryCoaches, change switch
        {
            { IsCoaching: null } => null,
            { IsCoaching: true, Coached: { } coached } => coached.ToString(),
            _ => Nobody,
        }));

    /// <summary>Reads them; without any he is to take part like anybody.</summary>
    public static Participation Read(Labels labels)
    {
        var part = new Participation
        {
            IsMuted = labels[TexmlLabels.EntryMuted] is Yes,
            IsOnHold = labels[TexmlLabels.EntryHeld] is Yes,
            EndsSoftly = labels[TexmlLabels.EntryEnds] is Yes,
        };
        return labels[TexmlLabels.EntryCoaches] is { Length: > 0 } coached && LegId.TryParse(coached, out var leg)
            ? part with { Role = SupervisorRole.Whisper, WhispersTo = [leg] } : part;
    }

    private static string? Word(bool? isSo) => isSo switch { true => Yes, false => No, null => null };
}
